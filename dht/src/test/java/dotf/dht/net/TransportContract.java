package dotf.dht.net;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.dht.identity.NodeIdentity;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every transport does. */
abstract class TransportContract {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  final NodeIdentity near = NodeIdentity.generate(new SecureRandom());
  final NodeIdentity far = NodeIdentity.generate(new SecureRandom());
  private final List<Recorder> accepted = new CopyOnWriteArrayList<>();
  private Transport dialer;
  private Transport listener;
  private InetSocketAddress address;

  abstract Transport transport(NodeIdentity identity);

  @BeforeEach
  void open() throws IOException {
    dialer = transport(near);
    listener = transport(far);
    int port =
        listener.listen(
            LOOPBACK,
            0,
            () -> {
              var recorder = new Recorder();
              accepted.add(recorder);
              return recorder;
            });
    address = new InetSocketAddress(LOOPBACK, port);
  }

  @AfterEach
  void close() {
    dialer.close();
    listener.close();
  }

  @Test
  void dial_expectedNode_opensBothEnds() {
    Recorder dialed = dial(far);

    assertThat(dialed.link().peer()).isEqualTo(far.id());
    assertThat(dialed.link().dialed()).isTrue();
    eventually("accepted", () -> accepted.size() == 1 && accepted.getFirst().link != null);
    assertThat(accepted.getFirst().link().peer()).isEqualTo(near.id());
    assertThat(accepted.getFirst().link().dialed()).isFalse();
  }

  @Test
  void dial_anotherNode_isClosedAndNeverOpened() {
    Recorder dialed = new Recorder();
    dialer.dial(address, near.id(), dialed);

    eventually("closed", () -> dialed.closed);
    assertThat(dialed.link).isNull();
    assertThat(dialed.cause).isNotNull();
  }

  @Test
  void dial_whereNobodyListens_isClosed() {
    Recorder dialed = new Recorder();
    dialer.dial(new InetSocketAddress(LOOPBACK, 1), null, dialed);

    eventually("closed", () -> dialed.closed);
    assertThat(dialed.link).isNull();
    assertThat(dialed.cause).isNotNull();
  }

  @Test
  void send_manyFrames_arriveWholeAndInOrder() {
    Recorder dialed = dial(null);
    Random random = Seed.random("transport");
    List<Frame> sent = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      byte[] body = new byte[random.nextInt(10) == 0 ? Frame.BODY_MAX : random.nextInt(1000)];
      random.nextBytes(body);
      sent.add(Frame.of(FrameType.DATA, i, ByteBuffer.wrap(body)));
    }
    eventually("accepted", () -> accepted.size() == 1 && accepted.getFirst().link != null);
    sent.forEach(dialed.link()::send);

    eventually("all arrived", () -> accepted.getFirst().frames.size() == sent.size());
    assertThat(accepted.getFirst().frames).isEqualTo(sent);
    long bytes = sent.stream().mapToLong(Frame::size).sum();
    assertThat(dialed.link().traffic().sent()).isEqualTo(bytes);
    assertThat(accepted.getFirst().link().traffic().received()).isEqualTo(bytes);
  }

  @Test
  void pauseReading_holdsFramesBack_untilItGoesOn() {
    Recorder dialed = dial(null);
    eventually("accepted", () -> accepted.size() == 1 && accepted.getFirst().link != null);
    Recorder other = accepted.getFirst();
    other.link().pauseReading(true);
    Frame frame = Frame.of(FrameType.DATA, 1, ByteBuffer.allocate(Frame.BODY_MAX));
    int sent = 0;
    while (dialed.link().isWritable() && sent < 1000) {
      dialed.link().send(frame);
      sent++;
    }

    assertThat(sent).as("a peer that does not read is felt").isLessThan(1000);
    other.link().pauseReading(false);
    int all = sent;
    eventually("all arrived", () -> other.frames.size() == all);
    eventually("writable again", () -> dialed.link().isWritable() && dialed.writableCalls > 0);
  }

  @Test
  void close_afterSending_deliversFirstAndTellsBoth() {
    Recorder dialed = dial(null);
    eventually("accepted", () -> accepted.size() == 1 && accepted.getFirst().link != null);
    dialed.link().send(Frame.of(FrameType.DATA, 1, ByteBuffer.allocate(10)));
    dialed.link().close();
    dialed.link().close();

    eventually("both closed", () -> dialed.closed && accepted.getFirst().closed);
    assertThat(accepted.getFirst().frames).hasSize(1);
    dialed.link().send(Frame.of(FrameType.DATA, 2, ByteBuffer.allocate(10)));
    assertThat(dialed.violations).isEmpty();
    assertThat(accepted.getFirst().violations).isEmpty();
  }

  @Test
  void close_ofTheTransport_closesItsLinks() {
    Recorder dialed = dial(null);
    listener.close();

    eventually("closed", () -> dialed.closed);
  }

  @Test
  void listen_takenPort_takesTheNext() throws IOException {
    Transport third = transport(near);
    try {
      int port = third.listen(LOOPBACK, address.getPort(), Recorder::new);
      assertThat(port).isGreaterThan(address.getPort()).isLessThan(address.getPort() + 100);
    } finally {
      third.close();
    }
  }

  private Recorder dial(@Nullable NodeIdentity expected) {
    Recorder dialed = new Recorder();
    dialer.dial(address, expected == null ? null : expected.id(), dialed);
    eventually("opened", () -> dialed.link != null);
    return dialed;
  }

  /** Writes down what a link tells, and whether it keeps to the order. */
  static final class Recorder implements LinkHandler {
    final List<Frame> frames = new CopyOnWriteArrayList<>();
    final List<String> violations = new CopyOnWriteArrayList<>();
    volatile @Nullable Link link;
    volatile boolean closed;
    volatile @Nullable Exception cause;
    volatile int writableCalls;

    Link link() {
      Link open = link;
      if (open == null) {
        throw new AssertionError("not open");
      }
      return open;
    }

    @Override
    public void opened(Link opened) {
      check(link == null && !closed, "opened late or twice");
      link = opened;
    }

    @Override
    public void received(Frame frame) {
      check(link != null && !closed, "a frame on a link that is not open");
      frames.add(frame);
    }

    @Override
    public synchronized void writable() {
      check(!closed, "writable after closed");
      writableCalls++;
    }

    @Override
    public void closed(@Nullable Exception why) {
      check(!closed, "closed twice");
      cause = why;
      closed = true;
    }

    private void check(boolean holds, String violation) {
      if (!holds) {
        violations.add(violation);
      }
    }
  }
}
