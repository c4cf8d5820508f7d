package dotf.chunker.codec;

import dotf.chunker.key.Hkdf;
import dotf.chunker.key.VaultKeys;
import java.nio.ByteBuffer;

/**
 * Where content is cut into chunks. A gear hash (FastCDC, Xia et al. 2016) over the last 64 bytes
 * proposes a candidate about every 2 KiB; a candidate becomes a cut when a keyed pseudorandom
 * function of the same 64 bytes agrees: seldom before 416 KiB, more often after, so that chunks
 * have about 512 KiB. Gear table and function are keyed by {@code k_cut}; the table alone would
 * hide nothing (Truong et al., "Breaking and Fixing Content-Defined Chunking", 2025).
 *
 * <p>Pure: a cut depends on the key and the chunk's own bytes, never on buffer sizes or threads.
 * Immutable; safe for use by many threads.
 */
public final class CutPoints {
  /** No chunk but a file's last is smaller: 128 KiB. */
  public static final int BYTES_MIN = 128 << 10;

  /** No chunk is larger: 1 MiB - 4 KiB, which seals to exactly 1 MiB. */
  public static final int BYTES_MAX = (1 << 20) - (4 << 10);

  /** From here on a candidate is taken 16 times as often. */
  static final int PIVOT = 416 << 10;

  private static final int WINDOW = SipHash.INPUT_BYTES;

  // The top bits, which all 64 bytes of the window have reached.
  private static final long CANDIDATE = -1L << (64 - 11);
  private static final long SELDOM = (1L << 10) - 1;
  private static final long OFTEN = (1L << 6) - 1;

  private final long[] gear = new long[256];
  private final SipHash agrees;

  public CutPoints(VaultKeys keys) {
    ByteBuffer table =
        ByteBuffer.wrap(Hkdf.expand(keys.cutKey(), "dotf-cut-gear/1", gear.length * Long.BYTES));
    table.asLongBuffer().get(gear);
    ByteBuffer key = ByteBuffer.wrap(Hkdf.expand(keys.cutKey(), "dotf-cut-prf/1", 16));
    agrees = new SipHash(key.getLong(), key.getLong());
  }

  /**
   * The length of the chunk that begins at {@code offset}.
   *
   * @param available bytes from {@code offset} on: at least {@link #BYTES_MAX}, or all that the
   *     file has left; 0 is answered by 0
   */
  public int next(byte[] data, int offset, int available) {
    int length = Math.min(available, BYTES_MAX);
    if (length <= BYTES_MIN) {
      return length;
    }
    int pivot = Math.min(PIVOT, length);
    int end = offset + length;
    long hash = 0;
    for (int i = offset + BYTES_MIN - WINDOW; i < offset + BYTES_MIN; i++) {
      hash = (hash << 1) + gear[data[i] & 0xff];
    }
    int cut = scan(data, offset + BYTES_MIN, offset + pivot, hash, SELDOM);
    if (cut < 0 && pivot < length) {
      hash = 0;
      for (int i = offset + pivot - WINDOW; i < offset + pivot; i++) {
        hash = (hash << 1) + gear[data[i] & 0xff];
      }
      cut = scan(data, offset + pivot, end, hash, OFTEN);
    }
    return cut < 0 ? length : cut - offset;
  }

  /** The first cut in (from, to], or -1; {@code hash} covers the window that ends at from. */
  private int scan(byte[] data, int from, int to, long hash, long mask) {
    long[] table = gear;
    long rolling = hash;
    for (int i = from; i < to; i++) {
      rolling = (rolling << 1) + table[data[i] & 0xff];
      if ((rolling & CANDIDATE) == 0 && (agrees.apply(data, i + 1 - WINDOW) & mask) == 0) {
        return i + 1;
      }
    }
    return -1;
  }
}
