package dotf.chunker.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import org.junit.jupiter.api.Test;

class MemoryBlocksTest {
  private static final ChunkId ID = ChunkId.of(new byte[32]);

  private final MemoryBlocks blocks = new MemoryBlocks();
  private final SealedBlock block =
      SealedBlock.of(ByteBuffer.wrap(BlockAddressTest.pattern(20_000)));

  @Test
  void put_beforeCommit_isNeitherFoundNorRead() throws IOException {
    blocks.put(block, ID);

    assertThat(blocks.find(ID)).isNull();
    assertThatThrownBy(() -> blocks.read(block.address()))
        .isInstanceOf(BlockMissingException.class);
    blocks.commit();
    assertThat(blocks.find(ID)).isEqualTo(block.address());
    assertThat(blocks.read(block.address())).isEqualTo(block);
  }

  @Test
  void crash_losesWhatWasNotCommitted() throws IOException {
    blocks.put(block, ID);
    blocks.crash();
    blocks.commit();

    assertThat(blocks.find(ID)).isNull();
  }

  @Test
  void put_aBlockThatDoesNotHaveItsAddress_isRefused() {
    SealedBlock lie = new SealedBlock(block.address(), ByteBuffer.wrap(new byte[3]));

    assertThatThrownBy(() -> blocks.put(lie, null)).isInstanceOf(BlockCorruptException.class);
  }

  @Test
  void read_aBlockWithAFlippedBit_isCorrupt() throws IOException {
    blocks.put(block, null);
    blocks.commit();
    blocks.flip(block.address(), 12_345);

    assertThatThrownBy(() -> blocks.read(block.address()))
        .isInstanceOfSatisfying(
            BlockCorruptException.class, e -> assertThat(e.address()).isEqualTo(block.address()))
        .hasMessageContaining("damaged");
  }

  @Test
  void bytes_cannotBeWrittenTo() {
    assertThatThrownBy(() -> block.bytes().put(0, (byte) 1))
        .isInstanceOf(ReadOnlyBufferException.class);
  }

  @Test
  void verified_otherBytesNoneOrTooMany_areCorrupt() {
    for (int length : new int[] {0, 19_999, SealedBlock.BYTES_MAX + 1}) {
      assertThatThrownBy(() -> SealedBlock.verified(block.address(), ByteBuffer.allocate(length)))
          .isInstanceOf(BlockCorruptException.class);
    }
  }
}
