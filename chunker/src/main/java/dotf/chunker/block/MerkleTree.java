package dotf.chunker.block;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The Merkle tree of BEP 52 ({@code pieces root}): SHA-256 over leaves of 16 KiB, the last one at
 * its own length; leaf hashes that are missing up to a power of two are 32 zero bytes.
 */
final class MerkleTree {
  static final int LEAF_BYTES = 16 * 1024;

  private MerkleTree() {}

  /** The root over the remaining bytes, which are consumed. */
  static Hash root(ByteBuffer bytes) {
    if (!bytes.hasRemaining() || bytes.remaining() > SealedBlock.BYTES_MAX) {
      throw new IllegalArgumentException(
          "a block has 1 byte to 1 MiB, not " + bytes.remaining() + " bytes");
    }
    MessageDigest sha256 = sha256();
    int leaves = Math.ceilDiv(bytes.remaining(), LEAF_BYTES);
    int width = leaves == 1 ? 1 : Integer.highestOneBit(leaves - 1) << 1;
    byte[][] level = new byte[width][];
    for (int i = 0; i < width; i++) {
      level[i] = i < leaves ? leaf(sha256, bytes) : new byte[Hash.BYTES];
    }
    for (; width > 1; width /= 2) {
      for (int i = 0; i < width; i += 2) {
        sha256.update(level[i]);
        level[i / 2] = sha256.digest(level[i + 1]);
      }
    }
    return Hash.of(level[0]);
  }

  private static byte[] leaf(MessageDigest sha256, ByteBuffer bytes) {
    int length = Math.min(LEAF_BYTES, bytes.remaining());
    sha256.update(bytes.slice(bytes.position(), length));
    bytes.position(bytes.position() + length);
    return sha256.digest();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
