package dotf.chunker.codec;

/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012), a pseudorandom function with a key of 128 bits, over
 * inputs of exactly 64 bytes.
 */
final class SipHash {
  static final int INPUT_BYTES = 64;

  private final long k0;
  private final long k1;

  SipHash(long k0, long k1) {
    this.k0 = k0;
    this.k1 = k1;
  }

  /** The function's value for the 64 bytes from {@code offset}. */
  long apply(byte[] data, int offset) {
    long v0 = k0 ^ 0x736f6d6570736575L;
    long v1 = k1 ^ 0x646f72616e646f6dL;
    long v2 = k0 ^ 0x6c7967656e657261L;
    long v3 = k1 ^ 0x7465646279746573L;
    // Words 0 to 7 are data, word 8 is the length in its top byte; 9 to 10 are the finalisation.
    for (int word = 0; word < 11; word++) {
      long m = 0;
      if (word < 8) {
        m = (long) LittleEndian.LONG.get(data, offset + word * Long.BYTES);
      } else if (word == 8) {
        m = (long) INPUT_BYTES << 56;
      } else if (word == 9) {
        v2 ^= 0xff;
      }
      v3 ^= m;
      for (int round = 0; round < 2; round++) {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= m;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }
}
