package dotf.dht;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dotf.dht.group.GroupKeys;
import dotf.dht.group.GroupKeys.Role;
import dotf.dht.group.Ticket;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.net.Link;
import dotf.dht.net.LinkHandler;
import dotf.dht.net.MemoryTransport;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.Messages;
import dotf.dht.wire.proto.Error;
import dotf.dht.wire.proto.GetBlock;
import dotf.dht.wire.proto.Hello;
import dotf.dht.wire.proto.Join;
import dotf.dht.wire.proto.Proof;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a node says to peers that do not belong to its group, or behave badly before they prove it.
 */
class HandshakeTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @TempDir Path home;
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final Executor workers = Thread::startVirtualThread;
  private final MemoryTransport.Network network = new MemoryTransport.Network();
  private final NodeIdentity stranger = NodeIdentity.generate(RANDOM);
  private final MemoryTransport strangers = new MemoryTransport(network, stranger.id(), workers);
  private TestNode victim;

  @BeforeEach
  void open() throws IOException {
    victim = new TestNode(home, 1 << 20, timer, workers, network);
  }

  @AfterEach
  void close() throws IOException {
    victim.close();
    strangers.close();
    timer.shutdownNow();
  }

  @Test
  void aProofOfAnotherGroup_isRefused_andNothingIsTold() throws Exception {
    Attacker attacker = dial();
    byte[] nonce = attacker.hello();
    attacker.send(
        FrameType.PROOF,
        proof(
            GroupKeys.found(RANDOM)
                .proof(Role.DIALER, stranger.id(), victim.id(), nonce, new byte[32])));

    Error error = Messages.parse(Error.parser(), attacker.next(FrameType.ERROR));
    assertThat(error.getCode()).isEqualTo(Error.Code.NOT_MEMBER);
    attacker.awaitEnd();
    assertThat(attacker.frames).as("no proof, member or address of ours").isEmpty();
  }

  @Test
  void ourOwnNonceReflected_isRefused() throws Exception {
    Attacker attacker = dial();
    byte[] nonce = attacker.next(FrameType.HELLO, Hello.parser()).getNonce().toByteArray();
    attacker.send(
        FrameType.HELLO,
        Hello.newBuilder().setVersion(1).setNonce(ByteString.copyFrom(nonce)).build());
    // The acceptor proves nothing before we do: there is no proof of its to send back.
    attacker.send(FrameType.PROOF, proof(new byte[32]));

    attacker.next(FrameType.ERROR);
    attacker.awaitEnd();
  }

  @Test
  void aWrongToken_isRefused() throws Exception {
    Attacker attacker = dial();
    attacker.hello();
    attacker.send(
        FrameType.JOIN,
        Join.newBuilder().setToken(ByteString.copyFrom(new byte[Ticket.TOKEN_BYTES])).build());

    attacker.awaitEnd();
    assertThat(victim.node.group().others()).isEmpty();
  }

  @Test
  void aRequestBeforeTheHandshake_endsTheConnection() throws Exception {
    Attacker attacker = dial();
    attacker.link().send(Frame.of(FrameType.GET_BLOCK, 1, GetBlock.getDefaultInstance()));

    attacker.awaitEnd();
  }

  @Test
  void malformedMessages_endTheConnection() throws Exception {
    for (byte[] body :
        List.of(new byte[] {1, 2, 3}, new byte[0], new byte[60_000], deeplyNested(5_000))) {
      Attacker attacker = dial();
      attacker.link().send(Frame.of(FrameType.HELLO, 0, ByteBuffer.wrap(body)));
      attacker.awaitEnd();
    }
  }

  @Test
  void unknownFrameTypes_arePassedOver() throws Exception {
    Attacker attacker = dial();
    for (int code : new int[] {0, 60, 99, 200, 255}) {
      attacker.link().send(new Frame(code, 0, ByteBuffer.allocate(100)));
    }
    attacker.hello();
    attacker.send(FrameType.PROOF, proof(new byte[32]));

    assertThat(Messages.parse(Error.parser(), attacker.next(FrameType.ERROR)).getCode())
        .isEqualTo(Error.Code.NOT_MEMBER);
  }

  @Test
  void pings_areAnsweredBeforeAnythingElse() throws Exception {
    Attacker attacker = dial();
    attacker
        .link()
        .send(Frame.of(FrameType.PING, 0, ByteBuffer.wrap(new byte[] {9, 1, 2, 3, 4, 5, 6, 7, 8})));

    attacker.next(FrameType.HELLO);
    assertThat(attacker.next(FrameType.PONG).body().remaining()).isEqualTo(9);
  }

  private static Proof proof(byte[] bytes) {
    return Proof.newBuilder().setProof(ByteString.copyFrom(bytes)).build();
  }

  /** Field 15 as a group within a group within a group. */
  private static byte[] deeplyNested(int depth) {
    byte[] bytes = new byte[depth];
    Arrays.fill(bytes, (byte) (15 << 3 | 3));
    return bytes;
  }

  private Attacker dial() {
    Attacker attacker = new Attacker();
    strangers.dial(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), victim.node.port()),
        null,
        attacker);
    eventually("open", () -> attacker.link != null);
    return attacker;
  }

  /** Somebody who speaks frames and says what it likes. */
  private static final class Attacker implements LinkHandler {
    final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
    volatile @Nullable Link link;
    volatile boolean closed;

    Link link() {
      Link open = link;
      if (open == null) {
        throw new AssertionError("not open");
      }
      return open;
    }

    /** Exchanges nonces, ours being all zeros; the victim's. */
    byte[] hello() throws Exception {
      send(
          FrameType.HELLO,
          Hello.newBuilder().setVersion(1).setNonce(ByteString.copyFrom(new byte[32])).build());
      return next(FrameType.HELLO, Hello.parser()).getNonce().toByteArray();
    }

    void send(FrameType type, MessageLite message) {
      link().send(Frame.of(type, Frame.CONNECTION, message));
    }

    Frame next(FrameType wanted) throws InterruptedException {
      Frame frame = frames.poll(20, TimeUnit.SECONDS);
      assertThat(frame).as("a frame").isNotNull();
      assertThat(frame.type()).isEqualTo(wanted);
      return frame;
    }

    <T extends MessageLite> T next(FrameType wanted, Parser<T> parser)
        throws InterruptedException, MalformedFrameException {
      return Messages.parse(parser, next(wanted));
    }

    void awaitEnd() {
      eventually(Duration.ofSeconds(20), "closed", () -> closed);
    }

    @Override
    public void opened(Link opened) {
      link = opened;
    }

    @Override
    public void received(Frame frame) {
      frames.add(frame);
    }

    @Override
    public void writable() {}

    @Override
    public void closed(@Nullable Exception cause) {
      closed = true;
    }
  }
}
