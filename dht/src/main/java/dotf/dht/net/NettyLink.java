package dotf.dht.net;

import dotf.dht.identity.NodeId;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameReader;
import dotf.dht.wire.MalformedFrameException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection behind its TLS handler. Everything that is not {@link Link}'s runs on the
 * channel's event loop.
 */
final class NettyLink extends ChannelInboundHandlerAdapter implements Link {
  private static final long BACKLOG_MAX = 8 << 20;

  private final SocketChannel channel;
  private final @Nullable NodeId expected;
  private final boolean dialed;
  private final LinkHandler handler;
  private final Duration frameLimit;
  private final FrameReader reader = new FrameReader();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong received = new AtomicLong();

  private volatile @Nullable NodeId peer;
  private @Nullable Exception cause;
  private boolean told;
  private boolean paused;
  private long partialFrame = -1;
  private long partialSince;
  private @Nullable ScheduledFuture<?> check;

  NettyLink(
      SocketChannel channel,
      @Nullable NodeId expected,
      boolean dialed,
      LinkHandler handler,
      Duration frameLimit) {
    this.channel = channel;
    this.expected = expected;
    this.dialed = dialed;
    this.handler = handler;
    this.frameLimit = frameLimit;
  }

  @Override
  public NodeId peer() {
    NodeId proved = peer;
    if (proved == null) {
      throw new IllegalStateException("the link is not open yet");
    }
    return proved;
  }

  @Override
  public InetSocketAddress remote() {
    return channel.remoteAddress();
  }

  @Override
  public boolean dialed() {
    return dialed;
  }

  @Override
  public void send(Frame frame) {
    if (!channel.isActive()) {
      return;
    }
    // BACKLOG_MAX beyond the watermark: only a peer that asks and does not read gets there.
    if (channel.bytesBeforeWritable() > BACKLOG_MAX) {
      channel.eventLoop().execute(() -> fail(new IOException("the peer does not read")));
      return;
    }
    ByteBuf bytes = channel.alloc().directBuffer(frame.size());
    bytes.writeBytes(frame.header()).writeBytes(frame.body());
    sent.addAndGet(frame.size());
    channel.writeAndFlush(bytes, channel.voidPromise());
  }

  @Override
  public boolean isWritable() {
    return channel.isWritable();
  }

  @Override
  public void pauseReading(boolean pause) {
    if (!channel.isActive()) {
      return;
    }
    channel
        .eventLoop()
        .execute(
            () -> {
              paused = pause;
              partialSince = System.nanoTime();
              channel.config().setAutoRead(!pause);
            });
  }

  @Override
  public void close() {
    // After a close the event loop may be gone too, and nobody would hear the listener.
    if (channel.isOpen()) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public Traffic traffic() {
    return new Traffic(sent.get(), received.get());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
    if (event instanceof SslHandshakeCompletionEvent handshake) {
      if (handshake.isSuccess()) {
        open(context);
      } else {
        fail(new IOException("TLS with " + channel.remoteAddress() + " failed", handshake.cause()));
      }
    }
    super.userEventTriggered(context, event);
  }

  private void open(ChannelHandlerContext context) {
    try {
      NodeId found = Tls.peer(context.pipeline().get(SslHandler.class));
      if (expected != null && !expected.equals(found)) {
        throw new IOException(
            "at "
                + channel.remoteAddress()
                + " is node "
                + found.brief()
                + ", not "
                + expected.brief());
      }
      peer = found;
    } catch (IOException e) {
      fail(e);
      return;
    }
    check =
        channel
            .eventLoop()
            .scheduleAtFixedRate(
                this::checkPartial,
                frameLimit.toMillis() / 8,
                frameLimit.toMillis() / 8,
                TimeUnit.MILLISECONDS);
    handler.opened(this);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    ByteBuf bytes = (ByteBuf) message;
    try {
      if (peer == null || told) {
        return;
      }
      received.addAndGet(bytes.readableBytes());
      reader.feed(bytes.nioBuffer(), handler::received);
      if (reader.partial() && partialFrame != reader.frames()) {
        partialFrame = reader.frames();
        partialSince = System.nanoTime();
      }
    } catch (MalformedFrameException e) {
      fail(e);
    } finally {
      bytes.release();
    }
  }

  private void checkPartial() {
    boolean late =
        reader.partial()
            && !paused
            && partialFrame == reader.frames()
            && System.nanoTime() - partialSince > frameLimit.toNanos();
    if (late) {
      fail(new IOException("the peer began a frame and did not finish it"));
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext context) {
    if (peer != null && !told) {
      handler.writable();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable thrown) {
    fail(thrown instanceof Exception e ? e : new IOException(thrown));
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    tellClosed();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    // A connection that was never established is never inactive either.
    tellClosed();
  }

  /** Closes, saying why. */
  void fail(Exception why) {
    if (cause == null) {
      cause = why;
    }
    channel.close();
  }

  private void tellClosed() {
    if (!told) {
      told = true;
      if (check != null) {
        check.cancel(false);
      }
      handler.closed(cause);
    }
  }
}
