package dotf.chunker.block;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;

/**
 * The Merkle tree of BEP 52 ({@code pieces root}): SHA-256 over leaves of 16 KiB, the last one at
 * its own length; leaf hashes that are missing up to a power of two are 32 zero bytes.
 */
final class MerkleTree {
  static final int LEAF_BYTES = 16 * 1024;

  private final MessageDigest sha256 = sha256();
  private byte[][] level;

  private MerkleTree(ByteBuffer bytes) {
    int leaves = leaves(bytes.remaining());
    level = new byte[1 << height(leaves)][];
    for (int i = 0; i < level.length; i++) {
      level[i] = i < leaves ? leaf(bytes) : new byte[Hash.BYTES];
    }
  }

  /** The root over the remaining bytes, which are consumed. */
  static Hash root(ByteBuffer bytes) {
    MerkleTree tree = new MerkleTree(bytes);
    while (tree.level.length > 1) {
      tree.climb();
    }
    return Hash.of(tree.level[0]);
  }

  /** The hashes beside the way from a leaf to the root, lowest first; the bytes are consumed. */
  static List<Hash> path(ByteBuffer bytes, int leaf) {
    MerkleTree tree = new MerkleTree(bytes);
    List<Hash> path = new ArrayList<>();
    for (int i = leaf; tree.level.length > 1; i /= 2) {
      path.add(Hash.of(tree.level[i ^ 1]));
      tree.climb();
    }
    return path;
  }

  /** The root that a leaf's bytes and the hashes beside its way lead to. */
  static Hash root(ByteBuffer leaf, int index, List<Hash> path) {
    MessageDigest sha256 = sha256();
    sha256.update(leaf);
    byte[] hash = sha256.digest();
    int i = index;
    for (Hash beside : path) {
      sha256.update(i % 2 == 0 ? hash : beside.bytes());
      hash = sha256.digest(i % 2 == 0 ? beside.bytes() : hash);
      i /= 2;
    }
    return Hash.of(hash);
  }

  /** How many leaves so many bytes have. */
  static int leaves(int length) {
    if (length < 1 || length > SealedBlock.BYTES_MAX) {
      throw new IllegalArgumentException("a block has 1 byte to 1 MiB, not " + length + " bytes");
    }
    return Math.ceilDiv(length, LEAF_BYTES);
  }

  /** How many hashes lie beside the way from each of so many leaves. */
  static int height(int leaves) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(leaves - 1);
  }

  private byte[] leaf(ByteBuffer bytes) {
    int length = Math.min(LEAF_BYTES, bytes.remaining());
    sha256.update(bytes.slice(bytes.position(), length));
    bytes.position(bytes.position() + length);
    return sha256.digest();
  }

  private void climb() {
    byte[][] above = new byte[level.length / 2][];
    for (int i = 0; i < above.length; i++) {
      sha256.update(level[2 * i]);
      above[i] = sha256.digest(level[2 * i + 1]);
    }
    level = above;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
