package dotf.dht;

import dotf.dht.identity.NodeId;
import dotf.dht.net.Link;
import dotf.dht.net.LinkHandler;
import dotf.dht.net.Transport;
import dotf.dht.session.Session;
import dotf.dht.session.Stream;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.Messages;
import dotf.dht.wire.WireAddress;
import dotf.dht.wire.proto.DialBack;
import dotf.dht.wire.proto.Dialled;
import dotf.dht.wire.proto.Error;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * DIAL_BACK: a peer tries whether we can be connected to, at the address where it sees us and no
 * other, so that nobody can have it dial third parties. It tries once in ten seconds for each peer,
 * and repeats what came of it to whoever asks sooner.
 */
final class DialingBack {
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration DIAL_LIMIT = Duration.ofSeconds(6);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(10);

  private final Transport transport;
  private final Map<NodeId, Attempt> attempts = new HashMap<>();

  DialingBack(Transport transport) {
    this.transport = transport;
  }

  Reachability ask(Session peer, int port) throws IOException {
    DialBack request = DialBack.newBuilder().setPort(port).build();
    try (Stream stream = peer.request(FrameType.DIAL_BACK, request)) {
      Frame answer = stream.next(FrameType.DIALLED, ANSWER_LIMIT);
      Dialled dialled = Messages.parse(Dialled.parser(), answer);
      return new Reachability(
          dialled.getReached(),
          WireAddress.decode(dialled.getAddress()),
          Messages.printable(dialled.getText()));
    }
  }

  void answer(Stream stream, Frame request) throws IOException {
    int port = Messages.parse(DialBack.parser(), request).getPort();
    if (port < 1 || port > 0xffff) {
      throw new MalformedFrameException("a port of " + port);
    }
    Session peer = stream.session();
    InetSocketAddress address = new InetSocketAddress(peer.link().remote().getAddress(), port);
    Attempt attempt = attempt(peer.peer(), address, System.nanoTime());
    if (!attempt.address.equals(address)) {
      stream.fail(Error.Code.BUSY, "another port was tried just now", INTERVAL);
      return;
    }
    String failure = attempt.failure();
    stream.send(
        FrameType.DIALLED,
        Dialled.newBuilder()
            .setReached(failure.isEmpty())
            .setAddress(WireAddress.encode(address))
            .setText(failure)
            .build());
  }

  /** The last attempt at a peer, or a new one when that was long ago and is over. */
  private Attempt attempt(NodeId peer, InetSocketAddress address, long now) {
    Attempt begun;
    synchronized (attempts) {
      attempts.values().removeIf(old -> old.ended && now - old.begun > INTERVAL.toNanos());
      Attempt last = attempts.get(peer);
      if (last != null) {
        return last;
      }
      begun = new Attempt(address, now);
      attempts.put(peer, begun);
    }
    transport.dial(address, peer, begun);
    return begun;
  }

  /** One try, over as soon as TLS has shown who is there. */
  private static final class Attempt implements LinkHandler {
    private final InetSocketAddress address;
    private final long begun;
    private final CompletableFuture<String> failure = new CompletableFuture<>();
    private volatile boolean ended;

    Attempt(InetSocketAddress address, long begun) {
      this.address = address;
      this.begun = begun;
    }

    /** Why it failed; empty when it did not. */
    String failure() throws IOException {
      try {
        return failure.get(DIAL_LIMIT.toSeconds(), TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        return "no answer within " + DIAL_LIMIT.toSeconds() + " s";
      } catch (ExecutionException e) {
        throw new IOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    @Override
    public void opened(Link link) {
      failure.complete("");
      link.close();
    }

    @Override
    public void received(Frame frame) {}

    @Override
    public void writable() {}

    @Override
    public void closed(@Nullable Exception cause) {
      ended = true;
      failure.complete(cause == null ? "it closed the connection" : reason(cause));
    }

    private static String reason(Throwable thrown) {
      Throwable cause = thrown;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
  }
}
