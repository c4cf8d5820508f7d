package dotf.watcher.inotify;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One inotify instance (inotify(7)) and the means to wake its reader. One thread waits, reads and
 * watches; any thread may {@link #wake}.
 */
public final class Inotify implements Closeable {
  public static final int MODIFY = 0x2;
  public static final int ATTRIB = 0x4;
  public static final int CLOSE_WRITE = 0x8;
  public static final int OPEN = 0x20;
  public static final int MOVED_FROM = 0x40;
  public static final int MOVED_TO = 0x80;
  public static final int CREATE = 0x100;
  public static final int DELETE = 0x200;
  public static final int DELETE_SELF = 0x400;
  public static final int MOVE_SELF = 0x800;
  public static final int UNMOUNT = 0x2000;
  public static final int OVERFLOW = 0x4000;
  public static final int IGNORED = 0x8000;
  public static final int ONLY_DIRECTORY = 0x0100_0000;

  /** No events about files that have lost their name in the watched directory. */
  public static final int EXCLUDE_UNLINKED = 0x0400_0000;

  public static final int IS_DIRECTORY = 0x4000_0000;

  private static final int CLOEXEC = 02000000;
  private static final int NONBLOCK = 04000;
  private static final int EINTR = 4;
  private static final int EAGAIN = 11;
  private static final int EINVAL = 22;
  private static final short POLLIN = 1;
  private static final long POLLFD_BYTES = 8;
  private static final int EVENT_HEADER_BYTES = 16;
  private static final int BUFFER_BYTES = 64 * 1024;

  private final MemorySegment errno = Libc.errnoState(Arena.ofAuto());
  private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, 8);
  private final MemorySegment polled = Arena.ofAuto().allocate(2 * POLLFD_BYTES, 8);
  private final MemorySegment path = Arena.ofAuto().allocate(64);
  private final Object waking = new Object();
  private final int events;
  private final int wakeups;
  private boolean closed;

  private Inotify() throws IOException {
    events = descriptor("inotify", call(Libc.INOTIFY_INIT1, CLOEXEC | NONBLOCK));
    int eventfd = eventfd();
    if (eventfd < 0) {
      SystemCallException failure = Libc.failure("eventfd", errno);
      Libc.close(events, errno);
      throw failure;
    }
    wakeups = eventfd;
    watchFor(0, events);
    watchFor(1, wakeups);
  }

  /**
   * A new instance, without watches.
   *
   * @throws SystemCallException when the user has {@code fs.inotify.max_user_instances} already
   */
  public static Inotify open() throws IOException {
    return new Inotify();
  }

  /**
   * Watches a directory; the descriptor that its events will carry. A directory that is watched
   * already keeps its descriptor, wherever it has moved.
   *
   * @throws SystemCallException when it cannot be read, or no watch is left
   */
  public int watch(Listing directory, int mask) throws IOException {
    // Through the open descriptor: no other directory can have taken the path meanwhile.
    byte[] name =
        ("/proc/self/fd/" + directory.descriptor() + "\0").getBytes(StandardCharsets.US_ASCII);
    MemorySegment.copy(name, 0, path, ValueLayout.JAVA_BYTE, 0, name.length);
    try {
      int result = (int) Libc.INOTIFY_ADD_WATCH.invokeExact(errno, events, path, mask);
      return descriptor("inotify_add_watch", result);
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  /** Ends a watch; does nothing when it has ended already. */
  public void unwatch(int descriptor) throws IOException {
    try {
      int result = (int) Libc.INOTIFY_RM_WATCH.invokeExact(errno, events, descriptor);
      if (result != 0 && Libc.errno(errno) != EINVAL) {
        throw Libc.failure("inotify_rm_watch", errno);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  /**
   * Waits for events, a {@link #wake}, or the end of the time.
   *
   * @param millis how long at most; negative: for ever
   * @return whether there are events to read
   */
  public boolean await(int millis) throws IOException {
    try {
      int ready = (int) Libc.POLL.invokeExact(errno, polled, 2L, millis);
      if (ready < 0) {
        if (Libc.errno(errno) == EINTR) {
          return false;
        }
        throw Libc.failure("poll", errno);
      }
      return ready > 0 && polled.get(ValueLayout.JAVA_SHORT, 6) != 0;
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  /** Waits for a {@link #wake} or the end of the time, whatever is queued. */
  public void pause(int millis) throws IOException {
    try {
      int ready = (int) Libc.POLL.invokeExact(errno, polled.asSlice(POLLFD_BYTES), 1L, millis);
      if (ready < 0 && Libc.errno(errno) != EINTR) {
        throw Libc.failure("poll", errno);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  /** Hands on what is queued, at most 64 KiB of it; does not wait. */
  public void read(Sink sink) throws IOException {
    long length;
    try {
      length = (long) Libc.READ.invokeExact(errno, events, buffer, (long) BUFFER_BYTES);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
    if (length < 0) {
      int error = Libc.errno(errno);
      if (error == EAGAIN || error == EINTR) {
        return;
      }
      throw Libc.failure("inotify", errno);
    }
    for (long at = 0; at < length; ) {
      int nameBytes = buffer.get(ValueLayout.JAVA_INT, at + 12);
      sink.event(
          buffer.get(ValueLayout.JAVA_INT, at),
          buffer.get(ValueLayout.JAVA_INT, at + 4),
          buffer.get(ValueLayout.JAVA_INT, at + 8),
          nameBytes == 0 ? null : Name.terminated(buffer, at + EVENT_HEADER_BYTES, nameBytes));
      at += EVENT_HEADER_BYTES + nameBytes;
    }
  }

  /**
   * Makes the present and every later {@link #await} return at once; nothing after {@link #close}.
   */
  public void wake() throws IOException {
    synchronized (waking) {
      if (closed) {
        return;
      }
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment state = Libc.errnoState(arena);
        MemorySegment one = arena.allocateFrom(ValueLayout.JAVA_LONG, 1L);
        long written = (long) Libc.WRITE.invokeExact(state, wakeups, one, Long.BYTES * 1L);
        // EAGAIN: so many wakes are unread that the counter is full; the reader will see it.
        if (written < 0 && Libc.errno(state) != EAGAIN) {
          throw Libc.failure("eventfd", state);
        }
      } catch (IOException e) {
        throw e;
      } catch (Throwable t) {
        throw Libc.unexpected(t);
      }
    }
  }

  @Override
  public void close() throws IOException {
    synchronized (waking) {
      if (!closed) {
        closed = true;
        Libc.close(wakeups, errno);
        Libc.close(events, errno);
      }
    }
  }

  private void watchFor(int index, int descriptor) {
    polled.set(ValueLayout.JAVA_INT, index * POLLFD_BYTES, descriptor);
    polled.set(ValueLayout.JAVA_SHORT, index * POLLFD_BYTES + 4, POLLIN);
  }

  private int call(MethodHandle handle, int argument) {
    try {
      return (int) handle.invokeExact(errno, argument);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  private int eventfd() {
    try {
      return (int) Libc.EVENTFD.invokeExact(errno, 0, CLOEXEC | NONBLOCK);
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  private int descriptor(String subject, int result) throws IOException {
    if (result < 0) {
      throw Libc.failure(subject, errno);
    }
    return result;
  }

  /** Receives events. */
  @FunctionalInterface
  public interface Sink {
    /**
     * One event.
     *
     * @param watch the descriptor from {@link Inotify#watch}; -1 with {@link Inotify#OVERFLOW}
     * @param cookie joins the two halves of a rename; else 0
     * @param name of the entry in the watched directory; null when the event is about that itself
     */
    void event(int watch, int mask, int cookie, @Nullable Name name) throws IOException;
  }
}
