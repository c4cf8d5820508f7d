package dotf.chunker.codec;

import dotf.chunker.block.BlockKind;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The first 32 bytes of a sealed block, authenticated and in the clear: magic D0 7F, version,
 * codec, kind, 3 reserved zero bytes, salt.
 */
final class BlockHeader {
  static final int BYTES = 32;
  static final int SALT_BYTES = 24;
  static final int MAGIC = 0xD07F;
  static final int VERSION = 1;
  static final int STORED = 0;
  static final int ZSTD = 1;

  private final byte[] bytes;

  private BlockHeader(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The header of a new block; {@code codec} is {@link #STORED} or {@link #ZSTD}. */
  static BlockHeader of(int codec, BlockKind kind, byte[] salt) {
    return new BlockHeader(
        ByteBuffer.allocate(BYTES)
            .putShort((short) MAGIC)
            .put((byte) VERSION)
            .put((byte) codec)
            .put((byte) kind.code())
            .put(new byte[BYTES - SALT_BYTES - 5])
            .put(salt)
            .array());
  }

  /** The header of {@code block}, which has at least {@link #BYTES} bytes; nothing is checked. */
  static BlockHeader read(byte[] block) {
    return new BlockHeader(Arrays.copyOf(block, BYTES));
  }

  /** Whether these are the first bytes of a block of some version. */
  boolean hasMagic() {
    return (bytes[0] & 0xff) == MAGIC >>> 8 && (bytes[1] & 0xff) == (MAGIC & 0xff);
  }

  int version() {
    return bytes[2] & 0xff;
  }

  int codec() {
    return bytes[3] & 0xff;
  }

  /** Whether this version could have written it for a block of {@code kind}. */
  boolean isOf(BlockKind kind) {
    return codec() <= ZSTD && bytes[4] == kind.code() && (bytes[5] | bytes[6] | bytes[7]) == 0;
  }

  byte[] salt() {
    return Arrays.copyOfRange(bytes, BYTES - SALT_BYTES, BYTES);
  }

  /** Not to be written to. */
  byte[] bytes() {
    return bytes;
  }
}
