package dotf.chunker.key;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** A vault's public name: 16 bytes derived from its secret, as two big-endian words. */
public record VaultId(long high, long low) {
  /** Length in bytes. */
  public static final int BYTES = 16;

  /** From exactly 16 bytes; throws {@link IllegalArgumentException} for any other number. */
  public static VaultId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a vault id has 16 bytes, not " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new VaultId(buffer.getLong(), buffer.getLong());
  }

  /** From 32 hex digits; throws {@link IllegalArgumentException} for anything else. */
  public static VaultId parse(String hex) {
    return of(HexFormat.of().parseHex(hex));
  }

  /** A fresh array of the 16 bytes. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(high).putLong(low).array();
  }

  /** 32 lower-case hex digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes());
  }
}
