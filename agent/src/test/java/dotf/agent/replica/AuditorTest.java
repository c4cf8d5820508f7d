package dotf.agent.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.MemoryBlocks;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.LinuxDisk;
import dotf.dht.group.GroupId;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeIdentity;
import dotf.fixtures.Payloads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holders signed for and this machine has not any more. */
class AuditorTest {
  private static final int BLOCKS = 20;

  @TempDir Path directory;
  private final NodeIdentity holder = NodeIdentity.generate(new SecureRandom());
  private final List<BlockAddress> blocks = new ArrayList<>();
  private final List<BlockAddress> lost = new ArrayList<>();
  private MemoryHolders holders;
  private Receipts receipts;

  @BeforeEach
  void push() throws IOException {
    MemoryBlocks local = new MemoryBlocks();
    GroupId group = GroupId.of(new byte[GroupId.BYTES]);
    holders = new MemoryHolders(group, holder.signer().key(), InstantSource.system(), local);
    holders.admit(holder, new StoreId(1, 2));
    receipts = new Receipts(new LinuxDisk().open(directory), holders::vouches);
    for (int i = 0; i < BLOCKS; i++) {
      SealedBlock block = SealedBlock.of(ByteBuffer.wrap(Payloads.noise(i, 5_000)));
      local.put(block, null);
      blocks.add(block.address());
    }
    receipts.add(List.of(holders.push(holder.id(), blocks)));
  }

  private int audit() {
    Auditor auditor = new Auditor(holders, receipts, (node, block) -> lost.add(block));
    blocks.forEach(block -> auditor.add(block, 0));
    auditor.finish();
    return auditor.asked();
  }

  @Test
  void whatAHolderHasNotAnyMore_isFound_thoughItSignsForNoneBecauseOfIt() throws IOException {
    List<BlockAddress> gone = List.of(blocks.get(3), blocks.get(4), blocks.get(17));
    gone.forEach(block -> holders.lose(holder.id(), block));

    assertThat(audit()).isEqualTo(1);
    assertThat(lost).containsExactlyInAnyOrderElementsOf(gone);
  }

  @Test
  void aHolderThatHasNothingAnyMore_isNoHolderThatIsSilent() {
    blocks.forEach(block -> holders.lose(holder.id(), block));

    assertThat(audit()).isEqualTo(1);
    assertThat(lost).containsExactlyInAnyOrderElementsOf(blocks);
  }

  @Test
  void ofAHolderThatIsAway_nothingCountsAsLost() {
    holders.reachable(holder.id(), false);

    assertThat(audit()).isZero();
    assertThat(lost).isEmpty();
  }
}
