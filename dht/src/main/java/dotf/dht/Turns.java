package dotf.dht;

import dotf.dht.session.Stream;
import dotf.dht.wire.proto.Error;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Lets so many requests be worked on at a time; the others wait 10 seconds for their turn. */
final class Turns {
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Semaphore free;

  Turns(int max) {
    free = new Semaphore(max, true);
  }

  /** Waits for a turn; false, and the peer is told, when none came. */
  boolean enter(Stream stream) throws IOException {
    try {
      if (free.tryAcquire(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        return true;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    stream.fail(Error.Code.BUSY, "too much to do", Duration.ofSeconds(2));
    return false;
  }

  /** Ends the turn. */
  void leave() {
    free.release();
  }
}
