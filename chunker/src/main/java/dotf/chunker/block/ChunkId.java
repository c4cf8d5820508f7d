package dotf.chunker.block;

import java.nio.ByteBuffer;

/**
 * A chunk's identity inside one vault: HMAC-SHA256({@code k_id}, plaintext). Never leaves the vault
 * in the clear.
 */
public record ChunkId(Hash hash) implements Comparable<ChunkId> {
  /** Length in bytes. */
  public static final int BYTES = Hash.BYTES;

  /** From exactly 32 bytes; throws {@link IllegalArgumentException} for any other number. */
  public static ChunkId of(byte[] bytes) {
    return new ChunkId(Hash.of(bytes));
  }

  /** Takes the next 32 bytes of {@code from}. */
  public static ChunkId read(ByteBuffer from) {
    return new ChunkId(Hash.read(from));
  }

  /** From 64 hex digits; throws {@link IllegalArgumentException} for anything else. */
  public static ChunkId parse(String hex) {
    return new ChunkId(Hash.parse(hex));
  }

  /** A fresh array of the 32 bytes. */
  public byte[] bytes() {
    return hash.bytes();
  }

  @Override
  public int compareTo(ChunkId other) {
    return hash.compareTo(other.hash);
  }

  /** 64 lower-case hex digits. */
  @Override
  public String toString() {
    return hash.toString();
  }
}
