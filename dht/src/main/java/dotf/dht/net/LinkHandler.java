package dotf.dht.net;

import dotf.dht.wire.Frame;
import org.jspecify.annotations.Nullable;

/**
 * What one link tells its user: {@code opened} at most once and first, {@code closed} exactly once
 * and last, never two calls at a time. The caller is a network thread: implementations must not
 * wait.
 */
public interface LinkHandler {
  /** The link is up. */
  void opened(Link link);

  /** The next frame has arrived. */
  void received(Frame frame);

  /** {@link Link#isWritable} has changed. */
  void writable();

  /**
   * The link is down, or never came up.
   *
   * @param cause null when it ended in good order
   */
  void closed(@Nullable Exception cause);
}
