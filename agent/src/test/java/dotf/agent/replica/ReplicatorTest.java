package dotf.agent.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.MemoryBlocks;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.LinuxDisk;
import dotf.dht.group.GroupId;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.PublicKey;
import dotf.fixtures.SimulatedTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicatorTest {
  private static final GroupId GROUP = GroupId.of(new byte[GroupId.BYTES]);

  private final SimulatedTime time = new SimulatedTime(Instant.parse("2026-01-01T00:00:00Z"));
  private final MemoryHolders holders =
      new MemoryHolders(GROUP, PublicKey.of(new byte[32]), time, new MemoryBlocks());
  private final Set<BlockAddress> store = new LinkedHashSet<>();
  private final List<NodeId> nodes = new ArrayList<>();
  private int progress;
  private Directory journal;
  private Receipts receipts;
  private Replicator replicator;

  @BeforeEach
  void open(@TempDir Path directory) throws IOException {
    journal = new LinuxDisk().open(directory);
    start();
  }

  private void start() throws IOException {
    receipts = new Receipts(journal, holders::vouches);
    replicator =
        new Replicator(
            holders, receipts, () -> 2, store::forEach, time, time, time, () -> progress++);
  }

  @AfterEach
  void close() throws IOException {
    replicator.close();
    receipts.close();
    journal.close();
  }

  @Test
  void aGroupOfOne_needsNoReceipts() {
    List<BlockAddress> blocks = blocks(3);
    replicator.start();
    time.advance(Duration.ofMinutes(1));

    assertThat(replicator.needed()).isZero();
    assertThat(replicator.enough(blocks.getFirst())).isTrue();
    assertThat(replicator.pending()).isZero();
  }

  @Test
  void everyBlock_getsAsManyReceiptsAsAskedFor() {
    admit(3);
    List<BlockAddress> blocks = blocks(3 * Replicator.WAVE_BLOCKS);
    replicator.wanted(blocks);
    time.advance(Duration.ofSeconds(1));

    assertThat(blocks).allMatch(replicator::enough);
    assertThat(blocks).allMatch(block -> replicator.copies(block) == 2);
    assertThat(replicator.pending()).isZero();
    assertThat(progress).isGreaterThanOrEqualTo(3);
  }

  @Test
  void oneOtherMember_isAllThatCopiesCanAskFor() {
    admit(1);
    List<BlockAddress> blocks = blocks(1);
    replicator.wanted(blocks);
    time.advance(Duration.ofSeconds(1));

    assertThat(replicator.needed()).isEqualTo(1);
    assertThat(blocks).allMatch(replicator::enough);
  }

  @Test
  void anUnreachableMemberStillCounts_soItsBlocksWait_untilItComes() {
    admit(2);
    holders.reachable(nodes.get(1), false);
    List<BlockAddress> blocks = blocks(1);
    replicator.wanted(blocks);
    time.advance(Duration.ofSeconds(5));

    assertThat(replicator.enough(blocks.getFirst())).isFalse();
    assertThat(replicator.waitsFor()).contains("1 of the 2 holders");

    holders.reachable(nodes.get(1), true);
    replicator.holdersChanged();
    time.advance(Duration.ofSeconds(1));

    assertThat(replicator.enough(blocks.getFirst())).isTrue();
    assertThat(replicator.waitsFor()).isNull();
  }

  @Test
  void aFullHolder_isPassedOverForTheNext() {
    admit(3);
    holders.room(nodes.getFirst(), 0);
    List<BlockAddress> blocks = blocks(5);
    replicator.wanted(blocks);
    time.advance(Duration.ofSeconds(10));

    assertThat(blocks).allMatch(replicator::enough);
    assertThat(holders.held(nodes.get(2))).hasSize(5);
  }

  @Test
  void theReasonOfARefusal_isTold() {
    admit(1);
    holders.room(nodes.getFirst(), 0);
    replicator.wanted(blocks(1));
    time.advance(Duration.ofSeconds(3));

    assertThat(replicator.waitsFor()).contains("it is full");
  }

  @Test
  void aHolderThatFailed_isAskedAtOnce_whenItIsConnectedAnew() {
    admit(1);
    holders.room(nodes.getFirst(), 0);
    List<BlockAddress> blocks = blocks(1);
    replicator.wanted(blocks);
    time.advance(Duration.ofSeconds(1));
    holders.room(nodes.getFirst(), 1);

    replicator.connected(nodes.getFirst());
    time.advance(Duration.ofMillis(100));

    assertThat(replicator.enough(blocks.getFirst())).isTrue();
  }

  @Test
  void aNewStore_voidsWhatTheHolderSignedBefore() {
    admit(2);
    List<BlockAddress> blocks = blocks(4);
    replicator.wanted(blocks);
    time.advance(Duration.ofSeconds(1));
    holders.newStore(nodes.getFirst(), new StoreId(9, 9));

    assertThat(replicator.copies(blocks.getFirst())).isEqualTo(1);

    replicator.holdersChanged();
    time.advance(Duration.ofSeconds(1));

    assertThat(blocks).allMatch(replicator::enough);
    assertThat(holders.held(nodes.getFirst())).hasSize(4);
  }

  @Test
  void receipts_surviveARestart() throws IOException {
    admit(2);
    List<BlockAddress> blocks = blocks(4);
    replicator.wanted(blocks);
    time.advance(Duration.ofSeconds(1));
    replicator.close();
    receipts.close();
    start();

    assertThat(blocks).allMatch(replicator::enough);
    assertThat(receipts.proved(blocks.getFirst())).isEqualTo("2026-01-01T00:00:00Z");
    replicator.start();
    time.advance(Duration.ofSeconds(1));
    assertThat(replicator.pending()).isZero();
  }

  @Test
  void aStart_findsTheBlocksThatLackReceipts() {
    admit(2);
    List<BlockAddress> blocks = blocks(10);
    replicator.start();
    time.advance(Duration.ofSeconds(1));

    assertThat(blocks).allMatch(replicator::enough);
  }

  private void admit(int count) {
    for (int i = 0; i < count; i++) {
      byte[] seed = new byte[NodeIdentity.SEED_BYTES];
      seed[0] = (byte) i;
      NodeIdentity identity = NodeIdentity.of(seed);
      holders.admit(identity, new StoreId(0, i));
      nodes.add(identity.id());
    }
  }

  private List<BlockAddress> blocks(int count) {
    List<BlockAddress> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(BlockAddress.of(ByteBuffer.allocate(32).putInt(store.size()).array()));
      store.add(blocks.getLast());
    }
    return blocks;
  }
}
