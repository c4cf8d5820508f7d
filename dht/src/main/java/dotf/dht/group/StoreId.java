package dotf.dht.group;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** The random id that a store got when it was made; another id means that everything is gone. */
public record StoreId(long first, long second) {
  /** Length in bytes. */
  public static final int BYTES = 16;

  /** From exactly 16 bytes; throws {@link IllegalArgumentException} for any other number. */
  public static StoreId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a store id has 16 bytes, not " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new StoreId(buffer.getLong(), buffer.getLong());
  }

  /** A fresh array of the 16 bytes. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(first).putLong(second).array();
  }

  /** 32 lower-case hex digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
