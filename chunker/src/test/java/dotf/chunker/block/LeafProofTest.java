package dotf.chunker.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeafProofTest {
  private static final int LEAF = MerkleTree.LEAF_BYTES;
  private static final int[] LENGTHS = {
    1, LEAF - 1, LEAF, LEAF + 1, 2 * LEAF, 2 * LEAF + 1, 5 * LEAF + 7, 63 * LEAF, 1 << 20
  };

  @Test
  void ofEveryLeaf_holdsForThatLeafAlone() {
    for (int length : LENGTHS) {
      SealedBlock block = block(length);
      int leaves = LeafProof.leaves(length);
      for (int leaf = 0; leaf < leaves; leaf++) {
        ByteBuffer proof = LeafProof.of(block, leaf);

        assertThat(LeafProof.holds(proof, block.address(), length, leaf)).isTrue();
        assertThat(proof.remaining()).isBetween(1, LeafProof.BYTES_MAX);
        int other = (leaf + 1) % leaves;
        assertThat(LeafProof.holds(proof, block.address(), length, other)).isEqualTo(other == leaf);
      }
    }
  }

  /** The addresses come from another implementation, so both halves cannot share an error. */
  @Test
  void holds_forTheRootsThatLibtorrentComputes() throws IOException {
    for (String vector : Files.readAllLines(Path.of("src/test/resources/golden/bep52.txt"))) {
      String[] fields = vector.split(" ", 2);
      int length = Integer.parseInt(fields[0]);
      SealedBlock block = block(length);
      int last = LeafProof.leaves(length) - 1;

      assertThat(
              LeafProof.holds(
                  LeafProof.of(block, last), BlockAddress.parse(fields[1]), length, last))
          .isTrue();
    }
  }

  @Test
  void oneLeafBlock_needsTheWholeBlockAndNoPath() {
    SealedBlock block = block(100);

    assertThat(LeafProof.of(block, 0)).isEqualTo(block.bytes());
  }

  @Test
  void anyBitFlipped_doesNotHold() {
    Random random = Seed.random("leaf proof");
    for (int length : LENGTHS) {
      SealedBlock block = block(length);
      int leaf = random.nextInt(LeafProof.leaves(length));
      byte[] proof = LeafProof.of(block, leaf).array();
      for (int at : new int[] {0, proof.length - 1, random.nextInt(proof.length)}) {
        byte[] changed = proof.clone();
        changed[at] ^= (byte) (1 << random.nextInt(8));

        assertThat(LeafProof.holds(ByteBuffer.wrap(changed), block.address(), length, leaf))
            .as("%s of %s bytes, leaf %s, byte %s", changed.length, length, leaf, at)
            .isFalse();
      }
    }
  }

  @Test
  void aPathOfAnotherLength_doesNotHold() {
    SealedBlock block = block(5 * LEAF + 7);
    byte[] proof = LeafProof.of(block, 5).array();

    for (int length : new int[] {0, 7, proof.length - 32, proof.length - 1, proof.length + 32}) {
      ByteBuffer other = ByteBuffer.wrap(Arrays.copyOf(proof, length));
      assertThat(LeafProof.holds(other, block.address(), block.size(), 5)).isFalse();
    }
  }

  /** Who keeps the two hashes below the root only has 64 bytes whose hash is the root. */
  @Test
  void theInnerHashesAsALeaf_areNoProof() {
    SealedBlock block = block(2 * LEAF);
    ByteBuffer inner = ByteBuffer.allocate(64);
    inner.put(MerkleTree.path(block.bytes(), 1).getFirst().bytes());
    inner.put(MerkleTree.path(block.bytes(), 0).getFirst().bytes()).flip();

    assertThat(LeafProof.holds(inner, block.address(), 64, 0))
        .as("a length that the prover chose would let it pass")
        .isTrue();
    assertThat(LeafProof.holds(inner, block.address(), block.size(), 0)).isFalse();
  }

  @Test
  void anotherLengthThanTheBlocks_doesNotHold() {
    SealedBlock block = block(3 * LEAF);
    ByteBuffer proof = LeafProof.of(block, 0);

    assertThat(LeafProof.holds(proof, block.address(), 2 * LEAF, 0)).isFalse();
    assertThat(LeafProof.holds(proof, block.address(), 5 * LEAF, 0)).isFalse();
  }

  @Test
  void leavesThatTheBlockDoesNotHave_areRefused() {
    SealedBlock block = block(3 * LEAF);

    for (int leaf : new int[] {-1, 3, LeafProof.LEAVES_MAX}) {
      assertThatThrownBy(() -> LeafProof.of(block, leaf))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(
              () -> LeafProof.holds(ByteBuffer.allocate(0), block.address(), block.size(), leaf))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    for (int length : new int[] {0, -1, SealedBlock.BYTES_MAX + 1}) {
      assertThatThrownBy(() -> LeafProof.leaves(length))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  private static SealedBlock block(int length) {
    return SealedBlock.of(ByteBuffer.wrap(BlockAddressTest.pattern(length)));
  }
}
