package dotf.dht;

import com.google.protobuf.ByteString;
import java.util.BitSet;

/**
 * Bitmaps on the wire: bit i, least significant first, stands for the i-th address of a request.
 */
final class Bits {
  private Bits() {}

  static ByteString encode(BitSet bits) {
    return ByteString.copyFrom(bits.toByteArray());
  }

  /** The bits below {@code length}; what a peer sets beyond is passed over. */
  static BitSet decode(ByteString bytes, int length) {
    BitSet bits = BitSet.valueOf(bytes.asReadOnlyByteBuffer());
    if (bits.length() > length) {
      bits.clear(length, bits.length());
    }
    return bits;
  }
}
