package dotf.dht.session;

import com.google.protobuf.MessageLite;
import dotf.dht.identity.NodeId;
import dotf.dht.net.Link;
import dotf.dht.net.LinkHandler;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.Messages;
import dotf.dht.wire.proto.Error;
import dotf.dht.wire.proto.Ping;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One connection, shared by many requests. The dialer's streams have odd numbers, the acceptor's
 * even ones; stream 0 is the connection itself, and its messages are handled one after the other.
 *
 * <p>Bounds: {@value #STREAMS_MAX} requests of the peer at a time, a window of data each, and
 * reading stops while more than {@value #QUEUED_MAX} bytes wait to be taken.
 */
public final class Session implements LinkHandler {
  static final int STREAMS_MAX = 64;
  static final long QUEUED_MAX = 8 << 20;

  private static final int FRAME_OVERHEAD = 512;
  private static final Set<FrameType> REQUESTS =
      EnumSet.of(
          FrameType.HAVE,
          FrameType.GET_BLOCK,
          FrameType.PUT_BLOCKS,
          FrameType.AUDIT,
          FrameType.LOCK,
          FrameType.DIAL_BACK,
          FrameType.HANDOVER,
          FrameType.HEAD_GET,
          FrameType.HEAD_PUT);

  private final Events events;
  private final Executor workers;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Long, Stream> streams = new HashMap<>();
  private final ArrayDeque<Frame> early = new ArrayDeque<>();
  private final Stream control = new Stream(this, Frame.CONNECTION);

  private volatile @Nullable Link link;
  private volatile boolean ready;
  private volatile long lastReceived = System.nanoTime();
  private volatile long pingSent;
  private volatile Duration roundTrip = Duration.ofSeconds(1);

  private long nextStream;
  private long lastInbound;
  private int inbound;
  private long queued;
  private boolean paused;
  private boolean proved;
  private boolean closed;
  private @Nullable Exception cause;

  /** What a session tells the node; each call on a worker, and may wait. */
  public interface Events {
    /** The link is up: shake hands and then handle stream 0 until it ends. */
    void run(Session session);

    /** The peer asks; answer on the stream. */
    void request(Stream stream, Frame request);

    /** The link is down, or never came up. */
    void closed(Session session, @Nullable Exception cause);
  }

  /** A session for one link, whose handler it is. */
  public Session(Events events, Executor workers) {
    this.events = events;
    this.workers = workers;
  }

  @Override
  public void opened(Link opened) {
    link = opened;
    nextStream = opened.dialed() ? 1 : 2;
    workers.execute(() -> events.run(this));
  }

  @Override
  public void received(Frame frame) {
    lastReceived = System.nanoTime();
    try {
      FrameType type = frame.type();
      if (type == FrameType.PING) {
        link().send(new Frame(FrameType.PONG.code(), frame.stream(), frame.body()));
      } else if (type == FrameType.PONG) {
        pong(frame);
      } else if (type != null) {
        lock.lock();
        try {
          route(frame, type);
        } finally {
          lock.unlock();
        }
      }
    } catch (MalformedFrameException e) {
      fail(e);
    }
  }

  /** Hands a frame to its stream; a new stream when it is a request that we take. */
  private void route(Frame frame, FrameType type) throws MalformedFrameException {
    if (closed) {
      return;
    }
    if (frame.stream() == Frame.CONNECTION) {
      control.arrived(frame);
      return;
    }
    if (!ready) {
      if (!proved) {
        throw new MalformedFrameException("a request before the handshake");
      }
      early.add(frame);
      queued(frame);
      return;
    }
    Stream known = streams.get(frame.stream());
    if (known != null) {
      known.arrived(frame);
      return;
    }
    boolean theirs = (frame.stream() & 1) == (link().dialed() ? 0 : 1);
    if (!REQUESTS.contains(type) || !theirs || frame.stream() <= lastInbound) {
      return;
    }
    lastInbound = frame.stream();
    Stream stream = new Stream(this, frame.stream());
    if (inbound >= STREAMS_MAX) {
      stream.fail(Error.Code.BUSY, "too many requests at a time", Duration.ofSeconds(1));
      return;
    }
    inbound++;
    streams.put(frame.stream(), stream);
    workers.execute(() -> serve(stream, frame));
  }

  private void serve(Stream stream, Frame request) {
    try (stream) {
      events.request(stream, request);
    } finally {
      lock.lock();
      try {
        inbound--;
      } finally {
        lock.unlock();
      }
    }
  }

  private void pong(Frame frame) throws MalformedFrameException {
    long token = Messages.parse(Ping.parser(), frame).getToken();
    if (token == pingSent) {
      roundTrip = Duration.ofNanos(System.nanoTime() - token);
    }
  }

  @Override
  public void writable() {
    signal();
  }

  /** What has arrived before is still there to be taken. */
  @Override
  public void closed(@Nullable Exception why) {
    lock.lock();
    try {
      closed = true;
      ready = false;
      cause = cause == null ? why : cause;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    workers.execute(() -> events.closed(this, cause));
  }

  /** Closes the link, saying why. */
  public void fail(Exception why) {
    lock.lock();
    try {
      cause = cause == null ? why : cause;
    } finally {
      lock.unlock();
    }
    Link open = link;
    if (open != null) {
      open.close();
    }
  }

  /**
   * Begins a request of ours. Requests leave in the order of their numbers, since the peer takes a
   * number below the last one for a stream that has ended.
   */
  public Stream request(FrameType type, MessageLite message) throws IOException {
    lock.lock();
    try {
      checkOpen();
      Stream stream = new Stream(this, nextStream);
      streams.put(nextStream, stream);
      nextStream += 2;
      stream.send(type, message);
      return stream;
    } finally {
      lock.unlock();
    }
  }

  /** Sends a message of the connection itself. */
  public void send(FrameType type, MessageLite message) {
    control.send(type, message);
  }

  /** Stream 0, for the one thread that handles it. */
  public Stream control() {
    return control;
  }

  /**
   * The peer has proved to be in our group. It may be done with the handshake before we are: its
   * requests are kept from now on until we are ready.
   */
  public void proved() {
    lock.lock();
    try {
      proved = true;
    } finally {
      lock.unlock();
    }
  }

  /** Requests are served from now on, first those that came early. */
  public void ready() {
    lock.lock();
    try {
      ready = !closed;
      for (Frame frame = early.poll(); frame != null; frame = early.poll()) {
        unqueued(frame);
        FrameType type = frame.type();
        if (type != null) {
          route(frame, type);
        }
      }
    } catch (MalformedFrameException e) {
      fail(e);
    } finally {
      lock.unlock();
    }
  }

  /** Whether the handshake is done and the link is up. */
  public boolean isReady() {
    return ready;
  }

  /** Who is at the other end; only after the link opened. */
  public NodeId peer() {
    return link().peer();
  }

  /** The link; only after it opened. */
  public Link link() {
    Link open = link;
    if (open == null) {
      throw new IllegalStateException("the link is not open yet");
    }
    return open;
  }

  /** Whether the link ever opened. */
  public boolean wasOpened() {
    return link != null;
  }

  /** Asks the peer for a sign of life. */
  public void ping() {
    pingSent = System.nanoTime();
    send(FrameType.PING, Ping.newBuilder().setToken(pingSent).build());
  }

  /** The last ping's time there and back; a second before the first. */
  public Duration roundTrip() {
    return roundTrip;
  }

  /** How long nothing has come from the peer. */
  public Duration silence() {
    return Duration.ofNanos(System.nanoTime() - lastReceived);
  }

  ReentrantLock lock() {
    return lock;
  }

  Condition changed() {
    return changed;
  }

  void checkOpen() throws IOException {
    if (closed || cause != null) {
      Exception why = cause;
      String text = why == null ? "the connection ended" : String.valueOf(why.getMessage());
      throw new EOFException(text);
    }
  }

  void queued(Frame frame) {
    queued += frame.size() + FRAME_OVERHEAD;
    if (queued > QUEUED_MAX && !paused) {
      paused = true;
      link().pauseReading(true);
    }
  }

  void unqueued(Frame frame) {
    queued -= frame.size() + FRAME_OVERHEAD;
    if (paused && queued < QUEUED_MAX / 2) {
      paused = false;
      link().pauseReading(false);
    }
  }

  void forget(Stream stream, long id) {
    lock.lock();
    try {
      streams.remove(id);
      stream.drop();
    } finally {
      lock.unlock();
    }
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
