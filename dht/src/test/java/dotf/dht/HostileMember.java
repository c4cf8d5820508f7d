package dotf.dht;

import static dotf.fixtures.Eventually.eventually;

import com.google.protobuf.MessageLite;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.LinuxDisk;
import dotf.dht.identity.NodeId;
import dotf.dht.net.MemoryTransport;
import dotf.dht.session.Session;
import dotf.dht.session.Stream;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A member of the group that asks and answers whatever it likes. */
final class HostileMember implements Session.Events, AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(20);

  final AtomicInteger accepted = new AtomicInteger();
  final int port;
  private final TestNode victim;
  private final Executor workers;
  private final Directory keys;
  private final Directory journal;
  private final Membership membership;
  private final Handshake handshake;
  private final MemoryTransport transport;
  private volatile Consumer<Session> beforeNode = session -> {};
  private volatile @Nullable Session meeting;
  private volatile Answering answers = (stream, request) -> {};
  private volatile boolean closed;

  /** Answers one request. */
  interface Answering {
    void answer(Stream stream, Frame request) throws IOException;
  }

  /** Takes over a member's home, whose node has been stopped. */
  HostileMember(TestNode member, TestNode victim, MemoryTransport.Network network, Executor workers)
      throws IOException {
    this.victim = victim;
    this.workers = workers;
    keys = new LinuxDisk().open(member.home.resolve("keys"));
    journal = new LinuxDisk().open(member.home.resolve("journal"));
    membership = Membership.open(keys, journal, InstantSource.system());
    handshake = new Handshake(membership, new SecureRandom(), this::sayingWhatTimeItIs);
    transport = new MemoryTransport(network, membership.self(), workers);
    port =
        transport.listen(
            InetAddress.getLoopbackAddress(),
            0,
            () -> {
              accepted.incrementAndGet();
              return new Session(this, workers);
            });
  }

  NodeId id() {
    return membership.self();
  }

  /** A fresh connection with the victim, hands shaken. */
  Session connect() {
    closed = false;
    Session session = new Session(this, workers);
    transport.dial(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), victim.node.port()),
        victim.id(),
        session);
    eventually("connected", () -> session.isReady() && victim.node.isConnected(id()));
    return session;
  }

  /** The last thing done before our NODE, when the victim has proved itself. */
  private Instant sayingWhatTimeItIs() {
    Session shaking = meeting;
    if (shaking != null) {
      beforeNode.accept(shaking);
    }
    return Instant.now();
  }

  /** What we do before our NODE from now on. */
  void beforeNode(Consumer<Session> what) {
    beforeNode = what;
  }

  /** The next answer to a request of ours. */
  static Frame ask(Session session, FrameType type, MessageLite message) throws IOException {
    try (Stream stream = session.request(type, message)) {
      return stream.next(LONG);
    }
  }

  /** What we do with requests from now on. */
  void answer(Answering how) {
    answers = how;
  }

  void awaitEnd() {
    eventually("cut off", () -> closed && !victim.node.isConnected(id()));
  }

  @Override
  public void run(Session session) {
    meeting = session;
    try {
      if (handshake.run(session) != null) {
        session.ready();
        while (true) {
          session.control().next(Duration.ofMinutes(10));
        }
      }
    } catch (IOException e) {
      session.fail(e);
    }
  }

  @Override
  public void request(Stream stream, Frame request) {
    try {
      answers.answer(stream, request);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void closed(Session session, @Nullable Exception cause) {
    closed = true;
  }

  @Override
  public void close() throws IOException {
    transport.close();
    membership.close();
    keys.close();
    journal.close();
  }
}
