package dotf.chunker.disk;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A lease of {@code fcntl}; the kernel waits 45 s at most for us to let go of a broken one. */
final class LinuxLease implements OpenFile.Lease {
  private final Descriptor descriptor;
  private final String path;
  private final int kind;
  private final AtomicBoolean open = new AtomicBoolean(true);

  LinuxLease(Descriptor descriptor, String path, int kind) {
    this.descriptor = descriptor;
    this.path = path;
    this.kind = kind;
  }

  @Override
  public boolean held() throws IOException {
    if (!open.get()) {
      return false;
    }
    int fd = descriptor.use();
    try (Scratch s = Scratch.take()) {
      int now = Libc.fcntl(s, fd, Libc.F_GETLEASE, 0);
      Failure.check(s, now, path, "ask for the lease on");
      return now == kind;
    } finally {
      descriptor.release();
    }
  }

  @Override
  public void close() throws IOException {
    if (!open.getAndSet(false)) {
      return;
    }
    int fd;
    try {
      fd = descriptor.use();
    } catch (ClosedChannelException e) {
      return; // the file was closed, and the lease went with it
    }
    try (Scratch s = Scratch.take()) {
      int result = Libc.fcntl(s, fd, Libc.F_SETLEASE, Libc.F_UNLCK);
      // EAGAIN: the kernel took the lease away itself, after lease-break-time.
      if (result != -Libc.EAGAIN) {
        Failure.check(s, result, path, "let go of the lease on");
      }
    } finally {
      descriptor.release();
    }
  }
}
