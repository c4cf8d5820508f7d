package dotf.agent.holder;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.MemoryBlocks;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.MemoryDisk;
import dotf.chunker.disk.MemoryDisk.Fate;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a directory has after its disk lost power. */
class BlockFilesPowerLossTest {
  private static final Path PATH = Path.of("/disk");
  private static final NodeId HOLDER = NodeId.of(new byte[NodeId.BYTES]);
  private static final List<Fate> FATES = List.of(Fate.LOST, Fate.TORN, Fate.KEPT);
  private static final StoreId STORE = new StoreId(5, 6);

  private final Random random = Seed.random("power loss of a holder");
  private final MemoryBlocks local = new MemoryBlocks();
  private final MemoryDisk disk = new MemoryDisk();

  private static BlockFiles files(MemoryDisk disk) {
    return new BlockFiles(disk, PATH, STORE, HOLDER, space -> Long.MAX_VALUE);
  }

  private List<BlockAddress> blocks(int count) throws IOException {
    List<BlockAddress> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[1 + random.nextInt(500)];
      random.nextBytes(bytes);
      SealedBlock block = SealedBlock.of(ByteBuffer.wrap(bytes));
      local.put(block, null);
      blocks.add(block.address());
    }
    local.commit();
    return blocks;
  }

  @Test
  void whatAPutReturned_isThere_whateverElseWasLost() throws IOException {
    disk.makeDirectories(PATH);
    assertThat(BlockFiles.prepare(disk, PATH, new StoreMark(STORE, HOLDER)).store())
        .isEqualTo(STORE);
    List<BlockAddress> placed = new ArrayList<>();
    for (int round = 0; round < 10; round++) {
      List<BlockAddress> blocks = blocks(1 + random.nextInt(20));
      placed.addAll(files(disk).put(blocks, local, () -> {}).blocks());
      for (int i = 0; i < 5; i++) {
        MemoryDisk after = disk.afterPowerLoss(_ -> FATES.get(random.nextInt(FATES.size())));
        assertThat(files(after).audit(placed, () -> {})).isEqualTo(Set.copyOf(placed));
      }
    }
  }

  @Test
  void aPutThatPowerCutShort_isDoneAgain() throws IOException {
    disk.makeDirectories(PATH);
    BlockFiles.prepare(disk, PATH, new StoreMark(STORE, HOLDER));
    for (int stop = 0; stop < 40; stop++) {
      List<BlockAddress> blocks = blocks(5);
      int[] left = {stop};
      try {
        files(disk)
            .put(
                blocks,
                local,
                () -> {
                  if (left[0]-- == 0) {
                    throw new IllegalStateException("the power goes here");
                  }
                });
      } catch (IllegalStateException e) {
        assertThat(left[0]).isNegative();
      }
      MemoryDisk after = disk.afterPowerLoss(_ -> FATES.get(random.nextInt(FATES.size())));
      assertThat(files(after).put(blocks, local, () -> {}).blocks()).isEqualTo(blocks);
      assertThat(files(after).audit(blocks, () -> {})).isEqualTo(Set.copyOf(blocks));
    }
  }
}
