package dotf.chunker.manifest;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/** A file's identity through its versions and renames: 16 random bytes, as two big-endian words. */
public record FileId(long high, long low) {
  /** Length in bytes. */
  public static final int BYTES = 16;

  /** A new identity. */
  public static FileId random(RandomGenerator random) {
    return new FileId(random.nextLong(), random.nextLong());
  }

  /** Takes the next 16 bytes of {@code from}. */
  public static FileId read(ByteBuffer from) {
    return new FileId(from.getLong(), from.getLong());
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
