package dotf.chunker.disk;

import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor that is closed only after the last call on it has returned: a number that the
 * kernel has given to another file is never used by mistake.
 */
final class Descriptor {
  private static final int CLOSED = Integer.MIN_VALUE;

  private final int fd;
  private final AtomicInteger users = new AtomicInteger();

  Descriptor(int fd) {
    this.fd = fd;
  }

  /** Every call must be followed by one of {@link #release}. */
  int use() throws ClosedChannelException {
    while (true) {
      int now = users.get();
      if (now < 0) {
        throw new ClosedChannelException();
      }
      if (users.compareAndSet(now, now + 1)) {
        return fd;
      }
    }
  }

  void release() {
    if (users.decrementAndGet() == CLOSED) {
      closeNow();
    }
  }

  void close() {
    while (true) {
      int now = users.get();
      if (now < 0) {
        return;
      }
      if (users.compareAndSet(now, now | CLOSED)) {
        if (now == 0) {
          closeNow();
        }
        return;
      }
    }
  }

  /** What close reports is of no use: whatever had to be durable was synced before. */
  private void closeNow() {
    try (Scratch s = Scratch.take()) {
      int _ = Libc.close(s, fd);
    }
  }
}
