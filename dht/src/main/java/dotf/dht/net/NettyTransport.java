package dotf.dht.net;

import dotf.dht.identity.NodeCertificate;
import dotf.dht.identity.NodeId;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Links on TCP and TLS 1.3. Only this package knows Netty. */
public final class NettyTransport implements Transport {
  private static final int PORTS_TRIED = 100;
  private static final int CONNECTIONS_MAX = 256;
  private static final int CONNECTIONS_PER_ADDRESS_MAX = 48;
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);
  // A frame must be complete this long after its first byte, however its bytes trickle in.
  private static final Duration FRAME_LIMIT = Duration.ofSeconds(8);
  private static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(9);
  private static final WriteBufferWaterMark WATERMARK =
      new WriteBufferWaterMark(512 << 10, 2 << 20);

  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);
  private final ConnectionCaps caps =
      new ConnectionCaps(CONNECTIONS_MAX, CONNECTIONS_PER_ADDRESS_MAX);
  private final Tls tls;
  private final Duration frameLimit;

  /** Starts two network threads; nothing is listened to yet. */
  public NettyTransport(NodeCertificate certificate) {
    this(new Tls(certificate, HANDSHAKE_LIMIT), FRAME_LIMIT);
  }

  NettyTransport(Tls tls, Duration frameLimit) {
    this.tls = tls;
    this.frameLimit = frameLimit;
  }

  @Override
  public int listen(InetAddress address, int port, Supplier<LinkHandler> handlers)
      throws IOException {
    var bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, 64)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATERMARK)
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    accept(channel, handlers);
                  }
                });
    for (int candidate = port; candidate < port + PORTS_TRIED; candidate++) {
      var bound = bootstrap.bind(address, candidate).awaitUninterruptibly();
      if (bound.isSuccess()) {
        channels.add(bound.channel());
        return ((InetSocketAddress) bound.channel().localAddress()).getPort();
      }
    }
    throw new IOException(
        "no port from " + port + " to " + (port + PORTS_TRIED - 1) + " is free; choose another");
  }

  private void accept(SocketChannel channel, Supplier<LinkHandler> handlers) {
    InetAddress from = channel.remoteAddress().getAddress();
    if (!caps.enter(from)) {
      channel.close();
      return;
    }
    channel.closeFuture().addListener(closed -> caps.leave(from));
    assemble(channel, null, false, handlers.get());
  }

  @Override
  public void dial(InetSocketAddress address, @Nullable NodeId expected, LinkHandler handler) {
    var link =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT_LIMIT.toMillis())
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATERMARK)
            .handler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    assemble(channel, expected, true, handler);
                  }
                })
            .connect(address);
    link.addListener(
        done -> {
          if (!done.isSuccess()) {
            var unreachable = new IOException(reason(done.cause()), done.cause());
            NettyLink none = link.channel().pipeline().get(NettyLink.class);
            if (none == null) {
              handler.closed(unreachable);
            } else {
              none.fail(unreachable);
            }
          }
        });
  }

  private static String reason(Throwable cause) {
    return switch (cause) {
      case ConnectTimeoutException none -> "nothing answers there";
      case NoRouteToHostException none -> "there is no way to that address";
      case ConnectException refused -> "nothing listens there";
      default -> String.valueOf(cause.getMessage());
    };
  }

  private void assemble(
      SocketChannel channel, @Nullable NodeId expected, boolean dialed, LinkHandler handler) {
    channels.add(channel);
    channel
        .pipeline()
        .addLast(new FlushConsolidationHandler(256, true))
        .addLast(tls.handler(channel.alloc(), dialed))
        .addLast(new NettyLink(channel, expected, dialed, handler, frameLimit));
  }

  @Override
  public void close() {
    for (Channel channel : channels) {
      channel.close();
    }
    loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
  }
}
