package dotf.chunker.block;

import java.nio.ByteBuffer;

/**
 * A block as holders see it: sealed bytes and their address. Immutable; the bytes are not copied,
 * so nobody may write to the buffer's memory afterwards.
 *
 * @param address the BEP 52 root of {@code bytes}; whoever makes a {@code SealedBlock} has checked
 *     it
 * @param bytes read-only, at most {@link #BYTES_MAX}, position 0, limit at the end
 */
public record SealedBlock(BlockAddress address, ByteBuffer bytes) {
  /** No sealed block is larger: 1 MiB. */
  public static final int BYTES_MAX = 1 << 20;

  public SealedBlock {
    bytes = bytes.slice().asReadOnlyBuffer();
    if (bytes.remaining() > BYTES_MAX) {
      throw new IllegalArgumentException("a sealed block has at most 1 MiB");
    }
  }

  /** A block that was sealed just now: its address is computed. */
  public static SealedBlock of(ByteBuffer bytes) {
    return new SealedBlock(BlockAddress.ofSealed(bytes), bytes);
  }

  /**
   * A block out of bytes that nobody vouches for: a disk's, a peer's.
   *
   * @throws BlockCorruptException when the bytes do not have this address
   */
  public static SealedBlock verified(BlockAddress address, ByteBuffer bytes)
      throws BlockCorruptException {
    int size = bytes.remaining();
    if (size == 0 || size > BYTES_MAX || !BlockAddress.ofSealed(bytes).equals(address)) {
      throw new BlockCorruptException(
          address, "block " + address + " is damaged: these " + size + " bytes are not its bytes");
    }
    return new SealedBlock(address, bytes);
  }

  /** A fresh view of the bytes, so that readers do not disturb one another. */
  @Override
  public ByteBuffer bytes() {
    return bytes.duplicate();
  }

  /** Sealed length in bytes. */
  public int size() {
    return bytes.remaining();
  }
}
