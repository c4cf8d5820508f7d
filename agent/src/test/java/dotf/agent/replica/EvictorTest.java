package dotf.agent.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.MemoryBlocks;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.LinuxDisk;
import dotf.dht.group.GroupId;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.PublicKey;
import dotf.dht.lock.BlockLocks;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvictorTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path directory;
  private final MemoryBlocks local = new MemoryBlocks();
  private final Set<BlockAddress> dropped = new HashSet<>();
  private final List<NodeId> lost = new ArrayList<>();
  private final NodeIdentity self = NodeIdentity.generate(RANDOM);
  private final NodeIdentity b = NodeIdentity.generate(RANDOM);
  private final NodeIdentity c = NodeIdentity.generate(RANDOM);
  private Instant now = Instant.parse("2026-11-01T00:00:00Z");
  private int copies = 2;
  private @Nullable Stay hindrance;
  private MemoryHolders holders;
  private Receipts receipts;
  private BlockLocks locks;
  private Evictor evictor;
  private int made;

  @BeforeEach
  void open() throws IOException {
    PublicKey owner = self.signer().key();
    GroupId group = GroupId.of(new byte[32]);
    holders = new MemoryHolders(group, owner, () -> now, local);
    holders.admit(b, store(1));
    holders.admit(c, store(2));
    receipts = new Receipts(new LinuxDisk().open(directory), holders::vouches);
    locks =
        new BlockLocks(self.id(), block -> true, () -> now.toEpochMilli() * 1_000_000, () -> now);
    evictor =
        new Evictor(
            holders,
            receipts,
            locks,
            blocks -> {
              dropped.addAll(blocks);
              return blocks.size() * 100L;
            },
            () -> copies,
            () -> hindrance,
            () -> now,
            (holder, block) -> lost.add(holder));
  }

  private static StoreId store(int number) {
    byte[] id = new byte[StoreId.BYTES];
    id[0] = (byte) number;
    return StoreId.of(id);
  }

  private SealedBlock block() throws IOException {
    SealedBlock block =
        SealedBlock.of(ByteBuffer.wrap(Payloads.noise(Seed.value() + made++, 5_000)));
    local.put(block, null);
    return block;
  }

  private SealedBlock blockOn(NodeIdentity... nodes) throws IOException {
    SealedBlock block = block();
    for (NodeIdentity node : nodes) {
      receipts.add(List.of(holders.push(node.id(), List.of(block.address()))));
    }
    return block;
  }

  private Evicted evict(SealedBlock block) throws IOException {
    return evictor.evict(Map.of(block.address(), block.size()));
  }

  @Test
  void aBlockThatEnoughHoldersHave_goes() throws IOException {
    SealedBlock block = blockOn(b, c);

    assertThat(evict(block)).isEqualTo(new Evicted(1, 100, Map.of()));
    assertThat(dropped).containsExactly(block.address());
  }

  @Test
  void aBlockStays_andTheReasonIsSaid() throws IOException {
    assertStays(Stay.COPIES, blockOn(b));

    SealedBlock block = blockOn(b, c);
    holders.reachable(c.id(), false);
    assertStays(Stay.UNREACHABLE, block);
    holders.reachable(c.id(), true);

    copies = 3;
    assertStays(Stay.FEW, block);
    copies = 0;
    assertStays(Stay.NONE_ASKED, block);
    copies = 2;

    hindrance = Stay.PHRASE;
    assertStays(Stay.PHRASE, block);
    hindrance = null;

    assertThat(locks.lock(c.id(), List.of(block.address()))).hasSize(1);
    assertStays(Stay.LOCKED, block);
    assertThat(dropped).isEmpty();
  }

  private void assertStays(Stay why, SealedBlock block) throws IOException {
    assertThat(evict(block)).isEqualTo(new Evicted(0, 0, Map.of(why, 1L)));
  }

  @Test
  void aHolderThatHasLostTheBlock_isFoundOut_alsoWhenItsWordIsFresh() throws IOException {
    SealedBlock block = blockOn(b, c);
    holders.lose(c.id(), block.address());

    assertStays(Stay.UNPROVED, block);
    assertThat(lost).containsExactly(c.id());
  }

  @Test
  void aWordThatIsOlderThanADay_mustBeProved() throws IOException {
    SealedBlock block = blockOn(b, c);
    now = now.plus(Duration.ofHours(25));

    assertThat(evict(block).blocks()).isEqualTo(1);
    assertThat(holders.audits()).isEqualTo(2);
  }

  @Test
  void aBlockThatStayed_canBeTriedAgain() throws IOException {
    SealedBlock block = blockOn(b, c);
    holders.reachable(c.id(), false);
    assertThat(evict(block).blocks()).isZero();
    holders.reachable(c.id(), true);

    assertThat(evict(block).blocks()).isEqualTo(1);
  }

  @Test
  void blocksThatWent_areVouchedFor_whileTheirHoldersHaveThem() throws IOException {
    SealedBlock one = blockOn(b, c);
    SealedBlock two = blockOn(b, c);
    SealedBlock few = blockOn(b);
    List<BlockAddress> all = List.of(one.address(), two.address(), few.address());

    assertThat(evictor.vouched(all)).containsOnly(one.address(), two.address());
    evictor.release(all);
    now = now.plus(Duration.ofDays(3));
    holders.lose(b.id(), two.address());
    assertThat(evictor.vouched(all)).containsExactly(one.address());
    evictor.release(all);
  }
}
