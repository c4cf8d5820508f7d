package dotf.chunker.block;

import java.nio.ByteBuffer;

/**
 * A block's address: the BEP 52 root (SHA-256 Merkle tree over 16 KiB leaves) of its sealed bytes.
 * Anybody can check it without a key. The address of a file's manifest is the file's hash.
 */
public record BlockAddress(Hash hash) implements Comparable<BlockAddress> {
  /** Length in bytes. */
  public static final int BYTES = Hash.BYTES;

  /**
   * The address of these sealed bytes: of {@code sealed}'s remaining bytes, which stay unread.
   *
   * @param sealed 1 byte to {@link SealedBlock#BYTES_MAX}, else {@link IllegalArgumentException}
   */
  public static BlockAddress ofSealed(ByteBuffer sealed) {
    return new BlockAddress(MerkleTree.root(sealed.duplicate()));
  }

  /** From exactly 32 bytes; throws {@link IllegalArgumentException} for any other number. */
  public static BlockAddress of(byte[] bytes) {
    return new BlockAddress(Hash.of(bytes));
  }

  /** Takes the next 32 bytes of {@code from}. */
  public static BlockAddress read(ByteBuffer from) {
    return new BlockAddress(Hash.read(from));
  }

  /** From 64 hex digits; throws {@link IllegalArgumentException} for anything else. */
  public static BlockAddress parse(String hex) {
    return new BlockAddress(Hash.parse(hex));
  }

  /** A fresh array of the 32 bytes. */
  public byte[] bytes() {
    return hash.bytes();
  }

  @Override
  public int compareTo(BlockAddress other) {
    return hash.compareTo(other.hash);
  }

  /** 64 lower-case hex digits. */
  @Override
  public String toString() {
    return hash.toString();
  }
}
