package dotf.dht.session;

import com.google.protobuf.MessageLite;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.Messages;
import dotf.dht.wire.proto.Credit;
import dotf.dht.wire.proto.Error;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;

/**
 * One request on a session, and its answer. Its owner's calls wait, on a virtual thread; frames
 * arrive by the network thread, which does not.
 *
 * <p>Bulk data is sent against credit: a sender starts with {@link #WINDOW} bytes and gets more as
 * the receiver takes them. A sender that takes more than it was given is cut off, so a stream never
 * holds more than a window.
 */
public final class Stream implements AutoCloseable {
  /** Bulk bytes that may be under way before the receiver has taken any: 1 MiB. */
  public static final int WINDOW = 1 << 20;

  private static final int GRANT_STEP = WINDOW / 4;
  private static final Duration STALL_LIMIT = Duration.ofSeconds(30);

  private final Session session;
  private final long id;
  private final ArrayDeque<Frame> inbox = new ArrayDeque<>();

  // All guarded by the session's lock.
  private long sendCredit = WINDOW;
  private long receiveCredit = WINDOW;
  private int taken;
  private boolean cancelled;

  Stream(Session session, long id) {
    this.session = session;
    this.id = id;
  }

  /** The session that it is on. */
  public Session session() {
    return session;
  }

  /** Sends a message. */
  public void send(FrameType type, MessageLite message) {
    session.link().send(Frame.of(type, id, message));
  }

  /** Sends an ERROR that ends the request. */
  public void fail(Error.Code code, String text, Duration retryAfter) {
    send(
        FrameType.ERROR,
        Error.newBuilder()
            .setCode(code)
            .setText(text)
            .setRetryAfter((int) retryAfter.toSeconds())
            .build());
  }

  /**
   * Sends bulk data, waiting for credit and for the network.
   *
   * @return false when the peer has answered before all was sent: then stop and read the answer
   * @throws IOException when the session ends, the peer cancels, or takes nothing for 30 seconds
   */
  public boolean sendData(ByteBuffer data) throws IOException {
    while (data.hasRemaining()) {
      int count = Math.min(data.remaining(), Frame.BODY_MAX);
      if (!awaitCredit(count)) {
        return false;
      }
      session.link().send(Frame.of(FrameType.DATA, id, data.slice(data.position(), count)));
      data.position(data.position() + count);
    }
    return true;
  }

  private boolean awaitCredit(int count) throws IOException {
    long deadline = System.nanoTime() + STALL_LIMIT.toNanos();
    session.lock().lock();
    try {
      while (sendCredit < count || !session.link().isWritable()) {
        check();
        if (!inbox.isEmpty()) {
          return false;
        }
        if (!await(deadline)) {
          throw new SocketTimeoutException("the peer takes no data");
        }
      }
      check();
      sendCredit -= count;
      return true;
    } finally {
      session.lock().unlock();
    }
  }

  /**
   * The next frame; an ERROR is thrown.
   *
   * @throws PeerErrorException when the peer answers with an ERROR
   * @throws SocketTimeoutException when nothing comes within the limit
   * @throws IOException when the session ends or the peer cancels
   */
  public Frame next(Duration limit) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    Frame frame;
    int grant = 0;
    session.lock().lock();
    try {
      while (inbox.isEmpty()) {
        check();
        if (!await(deadline)) {
          throw new SocketTimeoutException(
              "the peer did not answer within " + limit.toSeconds() + " s");
        }
      }
      frame = inbox.remove();
      session.unqueued(frame);
      if (frame.type() == FrameType.DATA) {
        taken += frame.body().remaining();
        if (taken >= GRANT_STEP) {
          grant = taken;
          taken = 0;
          receiveCredit += grant;
        }
      }
    } finally {
      session.lock().unlock();
    }
    if (grant > 0) {
      send(FrameType.CREDIT, Credit.newBuilder().setBytes(grant).build());
    }
    if (frame.type() == FrameType.ERROR) {
      throw new PeerErrorException(Messages.parse(Error.parser(), frame));
    }
    return frame;
  }

  /**
   * The next frame, which must be of this type.
   *
   * @throws IOException as {@link #next(Duration)}, or when it is of another type
   */
  public Frame next(FrameType wanted, Duration limit) throws IOException {
    Frame frame = next(limit);
    if (frame.type() != wanted) {
      throw new MalformedFrameException("type " + frame.code() + " where " + wanted + " belongs");
    }
    return frame;
  }

  private void check() throws IOException {
    session.checkOpen();
    if (cancelled) {
      throw new IOException("the peer cancelled the request");
    }
  }

  /** Waits for anything to change; false once the time is over. */
  @SuppressWarnings("WaitNotInLoop") // its callers loop
  private boolean await(long deadline) throws IOException {
    try {
      return session.changed().awaitNanos(deadline - System.nanoTime()) > 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for " + session.peer().brief(), e);
    }
  }

  /** Takes a frame from the network; the session's lock is held. */
  void arrived(Frame frame) throws MalformedFrameException {
    FrameType type = frame.type();
    if (type == FrameType.CREDIT) {
      int bytes = Messages.parse(Credit.parser(), frame).getBytes();
      if (bytes < 0 || sendCredit + bytes > WINDOW) {
        throw new MalformedFrameException("credit of " + bytes);
      }
      sendCredit += bytes;
    } else if (type == FrameType.CANCEL) {
      cancelled = true;
    } else {
      if (type == FrameType.DATA) {
        receiveCredit -= frame.body().remaining();
        if (receiveCredit < 0) {
          throw new MalformedFrameException("more data than there was credit for");
        }
      }
      inbox.add(frame);
      session.queued(frame);
    }
    session.changed().signalAll();
  }

  /** What is still queued is dropped; the session's lock is held. */
  void drop() {
    for (Frame frame = inbox.poll(); frame != null; frame = inbox.poll()) {
      session.unqueued(frame);
    }
  }

  /** Tells the peer that the answer is not wanted any more. */
  public void cancel() {
    session.link().send(Frame.of(FrameType.CANCEL, id, ByteBuffer.allocate(0)));
  }

  /** Forgets the request; late frames of it are ignored. */
  @Override
  public void close() {
    session.forget(this, id);
  }
}
