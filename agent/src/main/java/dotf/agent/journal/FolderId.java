package dotf.agent.journal;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** A watched folder's identity, 16 random bytes: it outlives the folder's path and device. */
public record FolderId(long high, long low) implements Comparable<FolderId> {
  /** Length in bytes. */
  public static final int BYTES = 16;

  /** A new identity. */
  public static FolderId random(RandomGenerator random) {
    return new FolderId(random.nextLong(), random.nextLong());
  }

  /**
   * From what {@link #toString} gives.
   *
   * @throws IllegalArgumentException when it is anything else
   */
  public static FolderId parse(String digits) {
    if (digits.length() != 2 * BYTES) {
      throw new IllegalArgumentException("a folder's identity has 32 hex digits, not " + digits);
    }
    return new FolderId(
        HexFormat.fromHexDigitsToLong(digits.substring(0, BYTES)),
        HexFormat.fromHexDigitsToLong(digits.substring(BYTES)));
  }

  /** Takes the next 16 bytes of {@code from}. */
  public static FolderId read(ByteBuffer from) {
    return new FolderId(from.getLong(), from.getLong());
  }

  /** Appends the 16 bytes. */
  public void write(ByteBuffer to) {
    to.putLong(high).putLong(low);
  }

  /** The next identity in order: the bound behind everything of this folder. */
  FolderId next() {
    return new FolderId(low == -1 ? high + 1 : high, low + 1);
  }

  @Override
  public int compareTo(FolderId other) {
    int order = Long.compareUnsigned(high, other.high);
    return order != 0 ? order : Long.compareUnsigned(low, other.low);
  }

  /** 32 lower-case hex digits. */
  @Override
  public String toString() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }
}
