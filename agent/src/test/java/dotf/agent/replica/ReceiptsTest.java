package dotf.agent.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.LinuxDisk;
import dotf.dht.group.GroupId;
import dotf.dht.group.Receipt;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.PublicKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReceiptsTest {
  private static final Instant TIME = Instant.parse("2026-01-01T00:00:00Z");

  private final List<BlockAddress> blocks =
      IntStream.range(0, 4)
          .mapToObj(i -> BlockAddress.of(ByteBuffer.allocate(32).putInt(i).array()))
          .toList();
  private final NodeIdentity first = identity(1);
  private final NodeIdentity second = identity(2);
  private Directory journal;
  private Receipts receipts;

  @BeforeEach
  void open(@TempDir Path directory) throws IOException {
    journal = new LinuxDisk().open(directory);
    receipts = new Receipts(journal, (holder, store) -> true);
  }

  @AfterEach
  void close() throws IOException {
    receipts.close();
    journal.close();
  }

  private void restart() throws IOException {
    receipts.close();
    receipts = new Receipts(journal, (holder, store) -> true);
  }

  private static NodeIdentity identity(int number) {
    byte[] seed = new byte[NodeIdentity.SEED_BYTES];
    seed[0] = (byte) number;
    return NodeIdentity.of(seed);
  }

  private static Receipt sign(NodeIdentity holder, List<BlockAddress> blocks) {
    return Receipt.sign(
        holder,
        GroupId.of(new byte[GroupId.BYTES]),
        PublicKey.of(new byte[32]),
        new StoreId(0, 1),
        1,
        blocks,
        TIME.plusSeconds(60),
        TIME);
  }

  @Test
  void aWithdrawnWord_countsNoMore_alsoAfterARestart_untilItIsGivenAnew() throws IOException {
    receipts.add(List.of(sign(first, blocks), sign(second, blocks)));
    receipts.withdraw(first.id(), blocks.subList(1, 3));
    for (int i = 0; i < 2; i++) {
      assertThat(receipts.holders(blocks.get(0))).containsExactly(first.id(), second.id());
      assertThat(receipts.holders(blocks.get(1))).containsExactly(second.id());
      assertThat(receipts.holders(blocks.get(2))).containsExactly(second.id());
      assertThat(receipts.blocksByHolder()).containsEntry(first.id(), 2L);
      restart();
    }
    receipts.add(List.of(sign(first, blocks.subList(1, 2))));
    restart();
    assertThat(receipts.holders(blocks.get(1))).containsExactly(first.id(), second.id());
    assertThat(receipts.holders(blocks.get(2))).containsExactly(second.id());
  }

  @Test
  void fewerWithout_countsWhatAHolderHoldsAndTooFewOthers() throws IOException {
    receipts.add(List.of(sign(first, blocks.subList(0, 3)), sign(second, blocks.subList(2, 4))));
    assertThat(receipts.fewerWithout(first.id(), 1)).isEqualTo(2);
    assertThat(receipts.fewerWithout(first.id(), 2)).isEqualTo(3);
    assertThat(receipts.fewerWithout(second.id(), 1)).isEqualTo(1);
    assertThat(receipts.fewerWithout(identity(3).id(), 2)).isZero();
  }
}
