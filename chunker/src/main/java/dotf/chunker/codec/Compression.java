package dotf.chunker.codec;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;

/**
 * The doorway to zstd (RFC 8878), for one chunk at a time. Holds native memory and belongs to one
 * thread at a time.
 */
final class Compression implements AutoCloseable {
  static final int LEVEL = 3;

  /** A frame that asks for a larger window than 2^23 is refused. */
  static final int WINDOW_LOG_MAX = 23;

  private static final int WORTH_TRYING = 512;
  private static final int SAMPLES = 8;
  private static final int SAMPLE_BYTES = 4 << 10;
  private static final int FRAME_MAGIC = 0xFD2FB528;

  private final ZstdCompressCtx compressor = new ZstdCompressCtx();
  private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
  private final byte[] sample = new byte[SAMPLES * SAMPLE_BYTES];
  private final byte[] sampleOut = new byte[(int) Zstd.compressBound(sample.length)];

  Compression() {
    compressor.setLevel(LEVEL).setContentSize(true).setChecksum(false);
  }

  /** Room that always suffices for the frame of {@code length} bytes. */
  static int bound(int length) {
    return Math.toIntExact(Zstd.compressBound(length));
  }

  /**
   * Whether pieces from all over the content shrink by 3 % or more; true for a content hardly
   * larger than the pieces, false for one so short that it is mostly ids and hashes.
   */
  boolean pays(byte[] plain, int offset, int length) {
    if (length < 2 * sample.length) {
      return length >= WORTH_TRYING;
    }
    int stride = (length - SAMPLE_BYTES) / (SAMPLES - 1);
    for (int i = 0; i < SAMPLES; i++) {
      System.arraycopy(plain, offset + i * stride, sample, i * SAMPLE_BYTES, SAMPLE_BYTES);
    }
    int size =
        compressor.compressByteArray(sampleOut, 0, sampleOut.length, sample, 0, sample.length);
    return size < sample.length - sample.length / 32;
  }

  /** Compresses into {@code out}, which has at least {@link #bound} of room; the frame's length. */
  int compress(byte[] plain, int offset, int length, byte[] out, int outOffset) {
    return compressor.compressByteArray(
        out, outOffset, out.length - outOffset, plain, offset, length);
  }

  /**
   * Decompresses one frame into an array that it must fill exactly; whether it did. The output
   * cannot outgrow {@code plain}, whatever the frame says.
   */
  boolean decompress(byte[] frame, int offset, int length, byte[] plain) {
    if (!windowAllowed(frame, offset, length)) {
      return false;
    }
    try {
      return decompressor.decompressByteArray(plain, 0, plain.length, frame, offset, length)
          == plain.length;
    } catch (ZstdException e) {
      return false;
    }
  }

  /** RFC 8878, 3.1.1.1: magic, descriptor, and, when it is not a single segment, the window. */
  private static boolean windowAllowed(byte[] frame, int offset, int length) {
    if (length < 6 || (int) LittleEndian.INT.get(frame, offset) != FRAME_MAGIC) {
      return false;
    }
    boolean singleSegment = (frame[offset + 4] & 0x20) != 0;
    int windowLog = 10 + ((frame[offset + 5] & 0xff) >>> 3);
    return singleSegment || windowLog <= WINDOW_LOG_MAX;
  }

  @Override
  public void close() {
    compressor.close();
    decompressor.close();
  }
}
