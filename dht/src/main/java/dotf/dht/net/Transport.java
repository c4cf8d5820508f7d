package dotf.dht.net;

import dotf.dht.identity.NodeId;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes links to other nodes and accepts theirs. Safe for use by many threads. */
public interface Transport extends Closeable {
  /**
   * Accepts links, each with a handler of its own. At most once.
   *
   * @param port wanted; 0 for any; when it is taken, the next free one of the following 100
   * @return the port in use
   * @throws IOException when none of them is free
   */
  int listen(InetAddress address, int port, Supplier<LinkHandler> handlers) throws IOException;

  /**
   * Dials; the handler hears {@code opened} or {@code closed}, within 15 seconds.
   *
   * @param expected the only node to talk to, or null for whoever answers
   */
  void dial(InetSocketAddress address, @Nullable NodeId expected, LinkHandler handler);

  /** Closes the listener and every link. */
  @Override
  void close();
}
