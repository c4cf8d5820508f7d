package dotf.chunker;

import java.io.IOException;

/**
 * Asked again and again while a file is read: for every chunk, and at least every 50 ms while
 * waiting. Throwing abandons the work, as when a lease was broken.
 */
@FunctionalInterface
public interface Checkpoint {
  /** Never abandons. */
  Checkpoint NONE = () -> {};

  /** Returns quickly, or throws to abandon the work. */
  void check() throws IOException;
}
