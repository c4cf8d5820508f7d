package dotf.dht;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dotf.chunker.block.BlockAddress;
import dotf.dht.group.GroupId;
import dotf.dht.group.GroupKeys;
import dotf.dht.group.MemberTable;
import dotf.dht.group.Receipt;
import dotf.dht.group.Ticket;
import dotf.dht.group.TicketException;
import dotf.dht.identity.NodeId;
import dotf.dht.net.MemoryTransport;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Members that leave their group, or are taken out of it. */
class LeavingTest {
  private static final long OFFER = 16 << 20;

  @TempDir Path homes;
  private final Instant until = Instant.now().plus(Duration.ofDays(31));
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Executor workers = Thread::startVirtualThread;
  private final MemoryTransport.Network network = new MemoryTransport.Network();
  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void stop() throws IOException {
    for (TestNode node : nodes) {
      node.close();
    }
    timer.shutdownNow();
  }

  @Test
  void remove_aLostMember_countsNowhereAnyMore_andIsTurnedAwayWhenItComesBack() throws IOException {
    List<TestNode> group = group(3);
    TestNode a = group.get(0);
    TestNode b = group.get(1);
    TestNode lost = group.get(2);
    Receipt receipt = a.node.push(lost.id(), blocks(a, 2), until);
    lost.stop();

    a.node.remove(lost.id());

    assertThat(others(a)).containsExactly(b.id());
    assertThat(a.node.isValid(receipt)).isFalse();
    eventually("b has heard of it", () -> others(b).equals(List.of(a.id())));
    lost.start();
    eventually("it has been told", () -> lost.node.isRemoved());
    assertThat(a.node.isConnected(lost.id())).isFalse();
    assertThat(b.node.isConnected(lost.id())).isFalse();
    lost.node.leave();
    assertThat(lost.node.group().isAlone()).isTrue();
    assertThat(lost.node.isRemoved()).isFalse();
  }

  @Test
  void remove_aConnectedMember_endsTheConnection() throws IOException {
    List<TestNode> group = group(3);
    TestNode a = group.get(0);
    TestNode b = group.get(1);
    TestNode c = group.get(2);

    a.node.remove(c.id());

    eventually("told", () -> c.node.isRemoved());
    eventually("alone", () -> !c.node.isConnected(a.id()) && !c.node.isConnected(b.id()));
    assertThatExceptionOfType(PeerUnreachableException.class)
        .isThrownBy(() -> a.node.push(c.id(), blocks(a, 1), until));
  }

  @Test
  void twoThatRemoveEachOtherAtOnce_leaveTheOthersOfOneMind() throws IOException {
    List<TestNode> group = group(4);
    TestNode a = group.get(0);
    TestNode b = group.get(1);
    TestNode c = group.get(2);
    TestNode d = group.get(3);

    CompletableFuture.allOf(
            CompletableFuture.runAsync(() -> remove(a, b)),
            CompletableFuture.runAsync(() -> remove(b, a)))
        .join();

    eventually(
        "one of them is out for both, or both are",
        () -> {
          Set<NodeId> atC = membersBut(c, d);
          return atC.size() < 2 && atC.equals(membersBut(d, c));
        });
  }

  private static Set<NodeId> membersBut(TestNode asked, TestNode other) {
    Set<NodeId> members = new HashSet<>(others(asked));
    members.remove(other.id());
    return members;
  }

  private static void remove(TestNode remover, TestNode removed) {
    try {
      remover.node.remove(removed.id());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void leave_isKnownToAll_voidsTheTickets_andLeavesAGroupToInviteInto() throws IOException {
    List<TestNode> group = group(3);
    TestNode a = group.get(0);
    TestNode b = group.get(1);
    TestNode c = group.get(2);
    TestNode d = node("d");
    GroupId before = c.node.group().id();
    Ticket stale = c.node.invite(1, Duration.ofHours(1));

    c.node.leave();

    assertThat(c.node.group().isAlone()).isTrue();
    assertThat(c.node.group().id()).isNotEqualTo(before);
    eventually("a knows", () -> others(a).equals(List.of(b.id())));
    eventually("b knows", () -> others(b).equals(List.of(a.id())));
    assertThatExceptionOfType(TicketException.class)
        .isThrownBy(() -> d.node.join(stale))
        .withMessageContaining("revoked");
    assertThatExceptionOfType(TicketException.class)
        .isThrownBy(() -> c.node.join(a.node.invite(1, Duration.ofHours(1))))
        .withMessageContaining("takes nobody back");
    d.node.join(c.node.invite(1, Duration.ofHours(1)));
    eventually("connected", () -> d.node.isConnected(c.id()));
    c.stop();
    c.start();
    assertThat(others(c)).containsExactly(d.id());
  }

  @Test
  void leave_killedBeforeAnybodyWasTold_isDoneAfterTheNextStart() throws IOException {
    List<TestNode> group = group(2);
    TestNode a = group.get(0);
    TestNode b = group.get(1);
    GroupId before = b.node.group().id();
    b.stop();
    b.open();
    try (MemberTable table = MemberTable.open(b.journal, GroupKeys.read(b.keys))) {
      table.remove(b.id(), DhtNode.identity(b.keys), Instant.now());
    }
    b.keys.close();
    b.journal.close();

    b.start();

    eventually("a knows", () -> others(a).isEmpty());
    eventually("b has a group of its own", () -> !b.node.group().id().equals(before));
    assertThat(b.node.group().isAlone()).isTrue();
    assertThat(b.node.isRemoved()).isFalse();
  }

  @Test
  void leaving_isKnownToTheOthers_takesNoBlocks_andEndsWithAStart() throws IOException {
    List<TestNode> group = group(2);
    TestNode a = group.get(0);
    TestNode b = group.get(1);

    b.node.leaving(true);

    eventually("known", () -> a.node.group().others().getFirst().leaving());
    assertThatExceptionOfType(HoldingRefusedException.class)
        .isThrownBy(() -> a.node.push(b.id(), blocks(a, 1), until))
        .withMessageContaining("leaving");
    b.stop();
    b.start();
    eventually("not any more", () -> !a.node.group().others().getFirst().leaving());
  }

  @Test
  void handOver_asksTheOwner_whichBlocksItReleases() throws IOException {
    List<TestNode> group = group(2);
    TestNode a = group.get(0);
    TestNode b = group.get(1);
    List<BlockAddress> blocks = blocks(a, 3);
    a.released = Set.of(blocks.get(1));

    BitSet released = b.node.handOver(a.id(), blocks);

    assertThat(released.stream()).containsExactly(1);
  }

  private List<BlockAddress> blocks(TestNode owner, int count) throws IOException {
    List<BlockAddress> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(owner.put(Payloads.noise(Seed.value() + i, 1_000)));
    }
    return blocks;
  }

  private static List<NodeId> others(TestNode node) {
    return node.node.group().others().stream().map(Member::id).toList();
  }

  /** So many nodes of one group, all connected with each other. */
  private List<TestNode> group(int count) throws IOException {
    List<TestNode> group = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TestNode next = node("n" + i);
      if (i > 0) {
        next.node.join(group.getFirst().node.invite(1, Duration.ofHours(1)));
      }
      group.add(next);
    }
    for (TestNode one : group) {
      for (TestNode other : group) {
        eventually("all connected", () -> one == other || one.node.isConnected(other.id()));
      }
    }
    return group;
  }

  private TestNode node(String name) throws IOException {
    TestNode node = new TestNode(homes.resolve(name), OFFER, timer, workers, network);
    nodes.add(node);
    return node;
  }
}
