package dotf.dht;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.LeafProof;
import dotf.chunker.block.SealedBlock;
import dotf.dht.group.Receipt;
import dotf.dht.lock.BlockLocks;
import dotf.dht.net.MemoryTransport;
import dotf.dht.session.DataReader;
import dotf.dht.session.PeerErrorException;
import dotf.dht.session.Session;
import dotf.dht.session.Stream;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.Messages;
import dotf.dht.wire.proto.Audit;
import dotf.dht.wire.proto.DialBack;
import dotf.dht.wire.proto.Dialled;
import dotf.dht.wire.proto.Error;
import dotf.dht.wire.proto.Lock;
import dotf.dht.wire.proto.Locked;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node does with a member that breaks the rules of audits, locks and dial-back. */
class HostileMemberTest {
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final BlockAddress NOBODYS = BlockAddress.of(new byte[32]);

  @TempDir Path homes;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Executor workers = Thread::startVirtualThread;
  private final MemoryTransport.Network network = new MemoryTransport.Network();
  private TestNode victim;
  private HostileMember hostile;

  @BeforeEach
  void open() throws IOException {
    victim = new TestNode(homes.resolve("victim"), 1 << 24, timer, workers, network);
    TestNode member = new TestNode(homes.resolve("member"), 1 << 24, timer, workers, network);
    member.node.join(victim.node.invite(1, Duration.ofHours(1)));
    member.stop();
    eventually("gone", () -> !victim.node.isConnected(member.id()));
    hostile = new HostileMember(member, victim, network, workers);
  }

  @AfterEach
  void close() throws IOException {
    hostile.close();
    victim.close();
    timer.shutdownNow();
  }

  @Test
  void requestsOutOfBounds_endTheConnection() throws Exception {
    for (MessageLite message :
        List.of(
            audit(Collections.nCopies(65, NOBODYS), new byte[65]),
            audit(List.of(), new byte[0]),
            audit(List.of(NOBODYS), new byte[2]),
            audit(List.of(NOBODYS), new byte[0]),
            audit(List.of(NOBODYS), new byte[] {64}),
            audit(List.of(NOBODYS), new byte[] {-1}),
            Audit.newBuilder().setAddresses(bytes(31)).setLeaves(bytes(1)).build(),
            lock(Collections.nCopies(1_025, NOBODYS)),
            lock(List.of()),
            Lock.newBuilder().setAddresses(bytes(33)).build(),
            DialBack.getDefaultInstance(),
            DialBack.newBuilder().setPort(65_536).build(),
            DialBack.newBuilder().setPort(-1).build())) {
      Session session = hostile.connect();
      try (Stream _ = session.request(type(message), message)) {
        hostile.awaitEnd();
      }
    }
  }

  @Test
  void aRequestThatComesBeforeTheHandshakeIsOver_isAnsweredThen() throws IOException {
    BlockAddress block = victim.put(new byte[] {1});
    BlockingQueue<Stream> asked = new LinkedBlockingQueue<>();
    hostile.beforeNode(
        session -> {
          try {
            asked.add(session.request(FrameType.LOCK, lock(List.of(block))));
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });

    hostile.connect();

    try (Stream stream = asked.remove()) {
      assertThat(stream.next(LONG).type()).isEqualTo(FrameType.LOCKED);
    }
    assertThat(victim.node.locks().ask(List.of(block))).isEmpty();
  }

  @Test
  void bodiesThatAreNoMessages_endTheConnection() {
    for (FrameType type : List.of(FrameType.AUDIT, FrameType.LOCK, FrameType.DIAL_BACK)) {
      Session session = hostile.connect();
      session.link().send(Frame.of(type, 101, ByteBuffer.wrap(new byte[] {1, 2, 3})));
      hostile.awaitEnd();
    }
  }

  @Test
  void answersWhereTheyDoNotBelong_endTheConnection() {
    for (FrameType type : List.of(FrameType.LOCKED, FrameType.DIALLED, FrameType.AUDIT)) {
      Session session = hostile.connect();
      session.send(type, Locked.getDefaultInstance());
      hostile.awaitEnd();
    }
  }

  @Test
  void audit_ofUnknownBlocksOrLeavesTheyDoNotHave_isAnsweredWithNothing() throws IOException {
    BlockAddress small = victim.put(Payloads.noise(Seed.value(), 100));
    Session session = hostile.connect();
    Audit audit = audit(List.of(NOBODYS, small, small), new byte[] {0, 1, 0});

    try (Stream stream = session.request(FrameType.AUDIT, audit)) {
      DataReader data = new DataReader(stream, LONG, LONG);
      assertThat(data.read(8).getLong()).as("two times nothing").isZero();
      assertThat(data.read(4).getInt()).isEqualTo(100);
      assertThat(data.read(100)).isEqualTo(victim.host.read(small).bytes());
      assertThat(stream.next(LONG).type()).isEqualTo(FrameType.END);
    }
    assertThat(session.isReady()).isTrue();
  }

  @Test
  void aHolderThatLies_provesNothing() throws IOException {
    SealedBlock block = SealedBlock.of(ByteBuffer.wrap(Payloads.noise(Seed.value(), 40_000)));
    AuditItem item = new AuditItem(block.address(), block.size());
    byte[] right = LeafProof.of(block, 1).array();
    hostile.connect();

    for (byte[] proof :
        List.of(
            new byte[1],
            new byte[64],
            Arrays.copyOf(right, right.length - 32),
            Arrays.copyOf(right, right.length + 32),
            new byte[LeafProof.BYTES_MAX])) {
      hostile.answer((stream, request) -> sendProof(stream, proof.length, proof));
      assertThat(victim.node.audit(hostile.id(), List.of(item))).isEmpty();
    }
    hostile.answer((stream, request) -> sendProof(stream, right.length, right));
    eventually(
        "the one leaf that it kept is asked for sooner or later",
        () -> !victim.node.audit(hostile.id(), List.of(item)).isEmpty());
    eventually(
        "and so are the others", () -> victim.node.audit(hostile.id(), List.of(item)).isEmpty());
  }

  @Test
  void aHolderThatSendsProofsOfNoLength_failsTheAudit() throws IOException {
    hostile.connect();
    for (int size : new int[] {LeafProof.BYTES_MAX + 1, -1, Integer.MIN_VALUE}) {
      hostile.answer((stream, request) -> sendProof(stream, size, new byte[0]));

      assertThatExceptionOfType(MalformedFrameException.class)
          .isThrownBy(() -> victim.node.audit(hostile.id(), List.of(new AuditItem(NOBODYS, 1))));
    }
  }

  private static void sendProof(Stream stream, int size, byte[] proof) throws IOException {
    stream.sendData(ByteBuffer.allocate(4 + proof.length).putInt(size).put(proof).flip());
  }

  @Test
  void aHolderThatLocksMoreThanWasAsked_isNotBelievedFurther() throws IOException {
    hostile.connect();
    hostile.answer(
        (stream, request) ->
            stream.send(FrameType.LOCKED, Locked.newBuilder().setLocked(bytes(9, -1)).build()));

    assertThat(victim.node.lock(hostile.id(), List.of(NOBODYS))).containsExactly(NOBODYS);
  }

  @Test
  void aFloodOfLocks_isStoppedAtItsBound_andOtherRequestsGoOn() throws IOException {
    List<BlockAddress> blocks = new ArrayList<>();
    for (int i = 0; i < BlockLocks.GIVEN_MAX + 2 * DhtNode.BATCH_MAX; i++) {
      blocks.add(victim.put(ByteBuffer.allocate(4).putInt(i).array()));
    }
    Session session = hostile.connect();
    int locked = 0;
    for (int from = 0; from < blocks.size(); from += DhtNode.BATCH_MAX) {
      Lock lock = lock(blocks.subList(from, from + DhtNode.BATCH_MAX));
      Frame answer = HostileMember.ask(session, FrameType.LOCK, lock);
      ByteString bits = Messages.parse(Locked.parser(), answer).getLocked();
      locked += Bits.decode(bits, DhtNode.BATCH_MAX).cardinality();
    }

    assertThat(locked).isEqualTo(BlockLocks.GIVEN_MAX);
    assertThat(victim.node.isConnected(hostile.id())).isTrue();
  }

  @Test
  void dialBack_askedManyTimes_isTriedOnce() throws Exception {
    Session session = hostile.connect();
    int before = hostile.accepted.get();
    DialBack request = DialBack.newBuilder().setPort(hostile.port).build();
    List<CompletableFuture<Dialled>> answers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      answers.add(CompletableFuture.supplyAsync(() -> dialled(session, request), workers));
    }

    assertThat(answers.stream().map(CompletableFuture::join)).allMatch(Dialled::getReached);
    assertThat(hostile.accepted.get() - before).isEqualTo(1);
    assertThatExceptionOfType(PeerErrorException.class)
        .isThrownBy(
            () ->
                HostileMember.ask(
                    session, FrameType.DIAL_BACK, DialBack.newBuilder().setPort(1).build()))
        .matches(e -> e.code() == Error.Code.BUSY);
  }

  @Test
  void dialBack_whereNobodyListens_saysWhy() {
    Dialled dialled = dialled(hostile.connect(), DialBack.newBuilder().setPort(9).build());

    assertThat(dialled.getReached()).isFalse();
    assertThat(dialled.getText()).contains("cannot reach");
  }

  @Test
  void dialBack_whereAnotherNodeListens_isNotReached() throws IOException {
    try (TestNode other = new TestNode(homes.resolve("other"), 1 << 24, timer, workers, network)) {
      DialBack request = DialBack.newBuilder().setPort(other.node.port()).build();
      Dialled dialled = dialled(hostile.connect(), request);

      assertThat(dialled.getReached()).isFalse();
      assertThat(dialled.getText()).contains("another node");
    }
  }

  private static Dialled dialled(Session session, DialBack request) {
    try {
      Frame answer = HostileMember.ask(session, FrameType.DIAL_BACK, request);
      assertThat(answer.type()).isEqualTo(FrameType.DIALLED);
      return Messages.parse(Dialled.parser(), answer);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static FrameType type(MessageLite message) {
    return switch (message) {
      case Audit _ -> FrameType.AUDIT;
      case Lock _ -> FrameType.LOCK;
      default -> FrameType.DIAL_BACK;
    };
  }

  private static Audit audit(List<BlockAddress> blocks, byte[] leaves) {
    return Audit.newBuilder()
        .setAddresses(Receipt.joined(blocks))
        .setLeaves(ByteString.copyFrom(leaves))
        .build();
  }

  private static Lock lock(List<BlockAddress> blocks) {
    return Lock.newBuilder().setAddresses(Receipt.joined(blocks)).build();
  }

  private static ByteString bytes(int count) {
    return bytes(count, 0);
  }

  private static ByteString bytes(int count, int value) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) value);
    return ByteString.copyFrom(bytes);
  }
}
