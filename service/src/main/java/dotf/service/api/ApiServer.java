package dotf.service.api;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.Closeable;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/1.1 on a Unix socket. Only the user who owns the socket's directory gets an answer: the
 * directory is closed to others (0700) before the socket exists, the socket itself is 0600, and the
 * kernel names each client's user.
 */
public final class ApiServer implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
  private static final int CONNECTIONS_MAX = 128;
  private static final int REQUEST_MAX = 8 << 20;
  private static final int LINE_MAX = 64 << 10;

  private final Path socket;
  private final MultiThreadIoEventLoopGroup loop;
  private final ExecutorService handlers;
  private final ChannelGroup connections =
      new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

  private ApiServer(Path socket) {
    this.socket = socket;
    this.loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    this.handlers =
        Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("api-", 1).factory());
  }

  /**
   * Listens.
   *
   * @param socket in a directory that is ours and closed to others
   * @throws IOException when another agent listens there, or the socket cannot be made
   */
  public static ApiServer listen(Path socket, Routes routes) throws IOException {
    UserPrincipal owner = ownerOfClosedDirectory(socket);
    removeStale(socket);
    ApiServer server = new ApiServer(socket);
    try {
      server.bind(owner, routes);
      Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /** Takes no more calls, ends those that run by closing their connections, removes the socket. */
  @Override
  public void close() throws IOException {
    connections.close().awaitUninterruptibly(5, TimeUnit.SECONDS);
    Files.deleteIfExists(socket);
    loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    handlers.shutdown();
  }

  private void bind(UserPrincipal owner, Routes routes) throws IOException {
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerDomainSocketChannel.class)
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    accept(channel, owner, routes);
                  }
                });
    var bound = bootstrap.bind(UnixDomainSocketAddress.of(socket)).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          "cannot listen on " + socket + ": " + bound.cause().getMessage(), bound.cause());
    }
    connections.add(bound.channel());
  }

  private void accept(Channel channel, UserPrincipal owner, Routes routes) {
    UnixDomainPrincipal client =
        channel.config().getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
    if (client == null || !client.user().equals(owner)) {
      LOG.warn("a client of another user was refused on the local API");
      channel.close();
      return;
    }
    if (connections.size() > CONNECTIONS_MAX) {
      channel.close();
      return;
    }
    connections.add(channel);
    channel
        .pipeline()
        .addLast(
            new HttpServerCodec(LINE_MAX, LINE_MAX, LINE_MAX),
            new HttpObjectAggregator(REQUEST_MAX),
            new ApiConnection(routes, handlers));
  }

  private static UserPrincipal ownerOfClosedDirectory(Path socket) throws IOException {
    Path directory = socket.toAbsolutePath().getParent();
    if (directory == null) {
      throw new IOException(socket + " has no directory");
    }
    PosixFileAttributeView view =
        Files.getFileAttributeView(
            directory, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    var attributes = view.readAttributes();
    if (!attributes.isDirectory()
        || !"rwx------".equals(PosixFilePermissions.toString(attributes.permissions()))) {
      throw new IOException(
          "the local API needs a directory closed to others; close it with: chmod 700 "
              + directory);
    }
    return attributes.owner();
  }

  /** A socket that nobody answers on is what a killed agent left; anything else stays. */
  private static void removeStale(Path socket) throws IOException {
    if (!Files.exists(socket, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.readAttributes(
            socket, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .isOther()) {
      throw new IOException(socket + " is in the way and no socket; move it away");
    }
    boolean answered;
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      answered = probe.isConnected();
    } catch (IOException nobody) {
      answered = false;
    }
    if (answered) {
      throw new IOException("an agent listens already on " + socket + "; end it with: dotf stop");
    }
    Files.delete(socket);
  }
}
