package dotf.dht;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockMissingException;
import dotf.dht.group.HeadRecord;
import dotf.dht.group.Receipt;
import dotf.dht.group.Ticket;
import dotf.dht.group.TicketException;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import dotf.dht.net.MemoryTransport;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole nodes on a network in memory: joining, holding, lying, dying. */
class GroupOfNodesTest {
  private static final long OFFER = 16 << 20;

  @TempDir Path homes;
  private final Instant until = Instant.now().plus(Duration.ofDays(31));
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Executor workers = Thread::startVirtualThread;
  private final MemoryTransport.Network network = new MemoryTransport.Network();
  private final List<TestNode> nodes = new ArrayList<>();
  private int blocksMade;

  @AfterEach
  void stop() throws IOException {
    for (TestNode node : nodes) {
      node.close();
    }
    timer.shutdownNow();
  }

  @Test
  void join_usedTicket_isRefusedAndChangesNothing() throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    TestNode c = node("c");
    Ticket ticket = a.node.invite(1, Duration.ofHours(1));
    b.node.join(ticket);

    assertThatExceptionOfType(TicketException.class)
        .isThrownBy(() -> c.node.join(ticket))
        .withMessageContaining("used up");
    assertThat(c.node.group().isAlone()).isTrue();
    assertThat(c.node.group().id()).isNotEqualTo(a.node.group().id());
  }

  @Test
  void join_groupWithOthers_isRefused() throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    TestNode c = node("c");
    join(b, a);
    Ticket ticket = c.node.invite(1, Duration.ofHours(1));

    assertThatExceptionOfType(GroupNotEmptyException.class)
        .isThrownBy(() -> a.node.join(ticket))
        .withMessageContaining("leave it first");
    assertThatExceptionOfType(TicketException.class)
        .isThrownBy(() -> b.node.join(a.node.invite(1, Duration.ofHours(1))))
        .withMessageContaining("already");
  }

  @Test
  void join_inviterAway_saysSo() throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    Ticket ticket = a.node.invite(1, Duration.ofHours(1));
    a.stop();

    assertThatExceptionOfType(PeerUnreachableException.class)
        .isThrownBy(() -> b.node.join(ticket))
        .withMessageContaining("inviting node");
    a.start();
  }

  @Test
  void invite_outOfBounds_isRefused() throws IOException {
    TestNode a = node("a");

    for (int uses : new int[] {0, -1, 65_536}) {
      assertThatExceptionOfType(TicketException.class)
          .isThrownBy(() -> a.node.invite(uses, Duration.ofHours(1)));
    }
    assertThatExceptionOfType(TicketException.class)
        .isThrownBy(() -> a.node.invite(1, Duration.ZERO));
  }

  @Test
  void connect_tellsMembersFromStrangersFromNobody() throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    TestNode stranger = node("stranger");
    join(b, a);

    assertThat(a.node.connect("127.0.0.1", b.node.port())).isEqualTo(new Answer(b.id(), true));
    assertThat(a.node.connect("127.0.0.1", stranger.node.port()))
        .isEqualTo(new Answer(stranger.id(), false));
    assertThatExceptionOfType(PeerUnreachableException.class)
        .isThrownBy(() -> a.node.connect("127.0.0.1", 1));
    assertThat(a.node.group().others()).extracting(Member::id).containsExactly(b.id());
  }

  @Test
  void push_toAFullHolder_isRefused_andMayGoElsewhere() throws IOException {
    TestNode a = node("a");
    TestNode full = node("full", 5_000);
    TestNode b = node("b");
    join(full, a);
    join(b, a);
    List<BlockAddress> blocks = blocks(a, 3, 4_000);

    assertThatExceptionOfType(HoldingRefusedException.class)
        .isThrownBy(() -> a.node.push(full.id(), blocks, until))
        .matches(e -> e.reason() == HoldingRefusedException.Reason.QUOTA);
    assertThat(a.node.push(b.id(), blocks, until).addresses()).isEqualTo(blocks);
  }

  @Test
  void push_again_sendsNothingAndRenews() throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    join(b, a);
    List<BlockAddress> blocks = blocks(a, 5, 100_000);
    a.node.push(b.id(), blocks.subList(0, 4), until);
    long sent = a.node.peers().getFirst().sent();
    Instant later = until.plusSeconds(60);

    Receipt receipt = a.node.push(b.id(), blocks, later);

    assertThat(a.node.peers().getFirst().sent() - sent).isBetween(100_000L, 200_000L);
    assertThat(receipt.addresses()).isEqualTo(blocks);
    assertThat(b.host.leased(blocks.getFirst(), a.node.owner().bytes(), until.plusSeconds(30)))
        .isTrue();
    BitSet have = b.node.have(a.id(), blocks);
    assertThat(have.cardinality()).isEqualTo(5);
  }

  @Test
  void push_whatTheHolderHasDamaged_isSentAgain() throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    join(b, a);
    List<BlockAddress> blocks = blocks(a, 3, 30_000);
    a.node.push(b.id(), blocks, until);
    b.host.flip(blocks.get(1));

    a.node.push(b.id(), blocks, until);

    assertThat(b.host.read(blocks.get(1)).bytes()).isEqualTo(a.host.read(blocks.get(1)).bytes());
  }

  @Test
  void push_blockThatIsNotHere_failsAndTheConnectionLives() throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    join(b, a);
    List<BlockAddress> blocks = new ArrayList<>(blocks(a, 2, 1_000));
    blocks.add(BlockAddress.of(new byte[32]));

    assertThatExceptionOfType(BlockMissingException.class)
        .isThrownBy(() -> a.node.push(b.id(), blocks, until));
    assertThat(a.node.push(b.id(), blocks.subList(0, 2), until).addresses()).hasSize(2);
  }

  @Test
  void push_leaseInThePastOrForEver_isRefused() throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    join(b, a);
    List<BlockAddress> blocks = blocks(a, 1, 1_000);

    for (Instant odd : List.of(Instant.EPOCH, until.plus(Duration.ofDays(1000)))) {
      assertThatExceptionOfType(HoldingRefusedException.class)
          .isThrownBy(() -> a.node.push(b.id(), blocks, odd))
          .matches(e -> e.reason() == HoldingRefusedException.Reason.POLICY);
    }
  }

  @Test
  void receipt_ofAStoreThatIsGone_isVoid() throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    join(b, a);
    Receipt receipt = a.node.push(b.id(), blocks(a, 2, 1_000), until);
    assertThat(a.node.isValid(receipt)).isTrue();

    b.stop();
    assertThat(a.node.isValid(receipt)).isTrue();
    b.host = b.freshHost();
    b.start();

    eventually("void", () -> !a.node.isValid(receipt));
  }

  @Test
  void fetch_fromALiar_asksAnother() throws IOException {
    TestNode a = node("a");
    TestNode liar = node("liar");
    TestNode honest = node("honest");
    join(liar, a);
    join(honest, a);
    BlockAddress block = blocks(a, 1, 50_000).getFirst();
    a.node.push(liar.id(), List.of(block), until);
    a.node.push(honest.id(), List.of(block), until);
    byte[] wrong = Payloads.noise(1, 50_000);
    liar.host.poison(block, wrong);
    a.host.remove(block);

    assertThat(a.node.fetch(block, List.of(liar.id())).address()).isEqualTo(block);
  }

  @Test
  void fetch_whatNobodyHas_isMissing() throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    join(b, a);

    assertThatExceptionOfType(BlockMissingException.class)
        .isThrownBy(() -> a.node.fetch(BlockAddress.of(new byte[32]), List.of(b.id())));
  }

  @Test
  void fetch_fromANodeThatOnlyAFriendKnows_findsItByWant() throws IOException {
    TestNode a = node("a");
    TestNode friend = node("friend");
    TestNode far = node("far");
    join(friend, a);
    network.part(a.id(), far.id());
    join(far, friend);
    BlockAddress block = blocks(far, 1, 10_000).getFirst();
    eventually("a knows of far", () -> a.node.group().others().size() == 2);
    assertThat(a.node.isConnected(far.id())).isFalse();
    network.heal();

    assertThat(a.node.fetch(block, List.of()).address()).isEqualTo(block);
  }

  @Test
  void heads_reachEveryMember_alsoOneThatComesLater() throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    join(b, a);
    PublicKey vault = PublicKey.of(a.vault.publicKey());
    HeadRecord first = head(a, 1);
    HeadRecord second = head(a, 2);

    assertThat(a.node.putHead(first)).isEqualTo(1);
    assertThat(a.node.putHead(second)).isEqualTo(1);
    assertThat(b.heads).contains(first, second);
    TestNode c = node("c");
    join(c, b);

    assertThat(c.node.heads(vault)).containsExactly(second);
    a.stop();
    assertThat(c.node.heads(vault)).containsExactly(second);
    a.start();
  }

  @Test
  void holdersFor_sameEverywhere_namesAllOthers() throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    TestNode c = node("c");
    join(b, a);
    join(c, a);
    eventually("all known", () -> b.node.group().others().size() == 2);
    BlockAddress block = BlockAddress.of(new byte[32]);

    List<NodeId> atA = a.node.holdersFor(block);
    assertThat(atA).containsExactlyInAnyOrder(b.id(), c.id());
    c.stop();
    assertThat(a.node.holdersFor(block)).isEqualTo(atA);
    c.start();
  }

  @Test
  void offer_changed_isKnownToTheOthers() throws IOException {
    TestNode a = node("a");
    TestNode b = node("b");
    join(b, a);

    b.node.offer(12_345);

    eventually("told", () -> a.node.group().others().getFirst().offer() == 12_345);
  }

  private List<BlockAddress> blocks(TestNode owner, int count, int size) throws IOException {
    List<BlockAddress> blocks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      blocks.add(owner.put(Payloads.noise(Seed.value() + blocksMade++, size)));
    }
    return blocks;
  }

  private static HeadRecord head(TestNode node, long sequence) {
    return HeadRecord.sign(
        node.vault.signer(), node.id(), sequence, BlockAddress.of(new byte[32]), Instant.now());
  }

  private TestNode node(String name) throws IOException {
    return node(name, OFFER);
  }

  private TestNode node(String name, long offer) throws IOException {
    TestNode node = new TestNode(homes.resolve(name), offer, timer, workers, network);
    nodes.add(node);
    return node;
  }

  private static void join(TestNode joiner, TestNode inviter) throws IOException {
    joiner.node.join(inviter.node.invite(1, Duration.ofHours(1)));
    eventually(
        "joined",
        () -> joiner.node.isConnected(inviter.id()) && inviter.node.isConnected(joiner.id()));
  }
}
