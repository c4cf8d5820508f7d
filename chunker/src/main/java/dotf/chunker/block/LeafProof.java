package dotf.chunker.block;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;

/**
 * Proof that somebody has a block: one of its 16 KiB leaves, whole, and the hashes beside the
 * leaf's way to the address. As bytes: the leaf, then 32 bytes a hash, lowest first.
 */
public final class LeafProof {
  /** A block has no more leaves. */
  public static final int LEAVES_MAX = SealedBlock.BYTES_MAX / MerkleTree.LEAF_BYTES;

  /** No proof is longer. */
  public static final int BYTES_MAX =
      MerkleTree.LEAF_BYTES + Integer.numberOfTrailingZeros(LEAVES_MAX) * Hash.BYTES;

  private LeafProof() {}

  /**
   * How many leaves a block has.
   *
   * @param length of the sealed block, 1 byte to 1 MiB, else {@link IllegalArgumentException}
   */
  public static int leaves(int length) {
    return MerkleTree.leaves(length);
  }

  /**
   * The proof of one leaf.
   *
   * @param leaf 0 to one less than {@link #leaves}, else {@link IndexOutOfBoundsException}
   */
  public static ByteBuffer of(SealedBlock block, int leaf) {
    List<Hash> path = MerkleTree.path(block.bytes(), checked(leaf, block.size()));
    int length = leafLength(leaf, block.size());
    ByteBuffer proof = ByteBuffer.allocate(length + path.size() * Hash.BYTES);
    proof.put(block.bytes().slice(leaf * MerkleTree.LEAF_BYTES, length));
    path.forEach(hash -> proof.put(hash.bytes()));
    return proof.flip();
  }

  /**
   * Whether the bytes prove this leaf of this block. The length must be known from elsewhere than
   * from the prover: it fixes how long the leaf is and how long its way, so that no inner hash, no
   * padding and no shorter block can stand in for it.
   *
   * @param proof its remaining bytes, which stay unread
   * @param length of the sealed block in bytes, 1 byte to 1 MiB
   * @param leaf 0 to one less than {@link #leaves}, else {@link IndexOutOfBoundsException}
   */
  public static boolean holds(ByteBuffer proof, BlockAddress address, int length, int leaf) {
    int leafLength = leafLength(checked(leaf, length), length);
    int height = MerkleTree.height(leaves(length));
    if (proof.remaining() != leafLength + height * Hash.BYTES) {
      return false;
    }
    ByteBuffer hashes = proof.slice(proof.position() + leafLength, height * Hash.BYTES);
    List<Hash> path = Stream.generate(() -> Hash.read(hashes)).limit(height).toList();
    ByteBuffer bytes = proof.slice(proof.position(), leafLength);
    return MerkleTree.root(bytes, leaf, path).equals(address.hash());
  }

  private static int checked(int leaf, int length) {
    if (leaf < 0 || leaf >= leaves(length)) {
      throw new IndexOutOfBoundsException("a block of " + length + " bytes has no leaf " + leaf);
    }
    return leaf;
  }

  private static int leafLength(int leaf, int length) {
    return Math.min(MerkleTree.LEAF_BYTES, length - leaf * MerkleTree.LEAF_BYTES);
  }
}
