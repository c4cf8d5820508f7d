package dotf.chunker.block;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * 32 bytes with value equality, as four big-endian words: cheap as a map key, ordered as unsigned.
 */
public record Hash(long first, long second, long third, long fourth) implements Comparable<Hash> {
  /** Length in bytes. */
  public static final int BYTES = 32;

  /** From exactly 32 bytes; throws {@link IllegalArgumentException} for any other number. */
  public static Hash of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a hash has 32 bytes, not " + bytes.length);
    }
    return read(ByteBuffer.wrap(bytes));
  }

  /** Takes the next 32 bytes of {@code from}. */
  public static Hash read(ByteBuffer from) {
    return new Hash(from.getLong(), from.getLong(), from.getLong(), from.getLong());
  }

  /** From 64 hex digits; throws {@link IllegalArgumentException} for anything else. */
  public static Hash parse(String hex) {
    return of(HexFormat.of().parseHex(hex));
  }

  /** A fresh array of the 32 bytes. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES)
        .putLong(first)
        .putLong(second)
        .putLong(third)
        .putLong(fourth)
        .array();
  }

  @Override
  public int compareTo(Hash other) {
    int order = Long.compareUnsigned(first, other.first);
    order = order != 0 ? order : Long.compareUnsigned(second, other.second);
    order = order != 0 ? order : Long.compareUnsigned(third, other.third);
    return order != 0 ? order : Long.compareUnsigned(fourth, other.fourth);
  }

  /** 64 lower-case hex digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
