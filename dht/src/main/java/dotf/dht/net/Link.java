package dotf.dht.net;

import dotf.dht.identity.NodeId;
import dotf.dht.wire.Frame;
import java.net.InetSocketAddress;

/**
 * An open, authenticated connection to one node. Frames arrive whole, once and in order, or the
 * link closes. Safe for use by many threads; no method waits.
 */
public interface Link {
  /** Who is at the other end, as TLS proved it. */
  NodeId peer();

  /** The other end's address. */
  InetSocketAddress remote();

  /** Whether we made the connection. */
  boolean dialed();

  /**
   * Queues a frame. After the link has closed this does nothing: {@link LinkHandler#closed} tells.
   * A peer that lets more than a few MiB of answers pile up is cut off.
   */
  void send(Frame frame);

  /** Whether bulk data may be sent now; {@link LinkHandler#writable} tells when it may again. */
  boolean isWritable();

  /** Stops taking bytes from the network, and goes on again. */
  void pauseReading(boolean pause);

  /** Closes after what was queued has been sent; closing twice does nothing. */
  void close();

  /** Bytes sent and received, frame headers included. */
  Traffic traffic();

  /** Bytes since the link opened. */
  record Traffic(long sent, long received) {}
}
