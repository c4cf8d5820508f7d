package dotf.watcher.inotify;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A tree of directories, opened at its root. Directories below are named by {@code /}-separated
 * relative paths of any depth, also beyond PATH_MAX; no link is followed and no mount is crossed on
 * the way (openat2). For the thread that opened it, and one {@link Listing} at a time.
 */
public final class DirectoryTree implements Closeable {
  private static final int O_DIRECTORY = 0200000;
  private static final int O_NOFOLLOW = 0400000;
  private static final int O_CLOEXEC = 02000000;
  private static final int O_PATH = 010000000;
  private static final int AT_FDCWD = -100;

  private static final long SYS_OPENAT2 = 437;
  private static final long RESOLVE_NO_XDEV = 1;
  private static final long RESOLVE_NO_MAGICLINKS = 2;
  private static final long RESOLVE_NO_SYMLINKS = 4;
  private static final long RESOLVE_BENEATH = 8;
  private static final long OPEN_HOW_BYTES = 24;

  /** The kernel takes paths of 4,095 bytes; longer ones are walked in steps of at most this. */
  private static final int STEP_BYTES = 4000;

  private final Arena arena = Arena.ofConfined();
  final MemorySegment errno = Libc.errnoState(arena);
  final MemorySegment stat = arena.allocate(Stat.BYTES, 8);
  final MemorySegment entries = arena.allocate(Listing.BUFFER_BYTES, 8);
  private final MemorySegment how = arena.allocate(OPEN_HOW_BYTES, 8);
  private final MemorySegment pathBytes = arena.allocate(STEP_BYTES + 1);
  private final Path root;
  private final int descriptor;

  private DirectoryTree(Path root) throws IOException {
    this.root = root;
    how.set(ValueLayout.JAVA_LONG, 8, 0L);
    how.set(
        ValueLayout.JAVA_LONG,
        16,
        RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH);
    try {
      this.descriptor = openRoot();
    } catch (IOException e) {
      arena.close();
      throw e;
    }
  }

  /**
   * Opens the tree at {@code root}.
   *
   * @throws SystemCallException when it is no directory, or a link to one
   */
  public static DirectoryTree open(Path root) throws IOException {
    return new DirectoryTree(root);
  }

  /**
   * Opens the directory at {@code relative}, "" being the root, to list it.
   *
   * @throws SystemCallException when it cannot be opened
   */
  public Listing list(String relative) throws IOException {
    int directory = openBeneath(relative, O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return new Listing(this, directory, relative);
  }

  /** The figures of the entry at {@code relative}, "" being the root. */
  public Stat stat(String relative) throws IOException {
    int entry = openBeneath(relative, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    try {
      return statOf(entry, relative);
    } finally {
      Libc.close(entry, errno);
    }
  }

  /** The figures of the opened root, wherever it is now. */
  public Stat rootStat() throws IOException {
    return statOf(descriptor, "");
  }

  /** The figures of whatever the root's path names now. */
  public Stat atRootPath() throws IOException {
    try (Arena call = Arena.ofConfined()) {
      return statAt(AT_FDCWD, call.allocateFrom(root.toString()), root.toString());
    }
  }

  @Override
  public void close() throws IOException {
    try (arena) {
      Libc.close(descriptor, errno);
    }
  }

  /** Looks at the entry whose zero-terminated name is at {@code name}. */
  Stat statAt(int directory, MemorySegment name, String shown) throws IOException {
    final int symlinkNofollow = 0x100;
    final int noAutomount = 0x800;
    final int emptyPath = 0x1000;
    final int basicStats = 0x7ff;
    try {
      int result =
          (int)
              Libc.STATX.invokeExact(
                  errno,
                  directory,
                  name,
                  symlinkNofollow | noAutomount | emptyPath,
                  basicStats,
                  stat);
      if (result != 0) {
        throw Libc.failure(shown, errno);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
    return Stat.of(stat);
  }

  private Stat statOf(int entry, String relative) throws IOException {
    pathBytes.set(ValueLayout.JAVA_BYTE, 0, (byte) 0);
    return statAt(entry, pathBytes, shown(relative));
  }

  private int openRoot() throws IOException {
    try (Arena call = Arena.ofConfined()) {
      int result =
          (int)
              Libc.OPEN.invokeExact(
                  errno,
                  call.allocateFrom(root.toString()),
                  O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
                  0);
      if (result < 0) {
        throw Libc.failure(root.toString(), errno);
      }
      return result;
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  private int openBeneath(String relative, int flags) throws IOException {
    if (relative.indexOf('\0') >= 0) {
      throw new NoSuchFileException(shown(relative));
    }
    byte[] path = (relative.isEmpty() ? "." : relative).getBytes(StandardCharsets.UTF_8);
    int from = 0;
    int at = descriptor;
    try {
      while (path.length - from > STEP_BYTES) {
        int to = lastSeparator(path, from);
        int next = openStep(at, path, from, to, O_PATH | O_DIRECTORY | O_CLOEXEC, relative);
        leave(at);
        at = next;
        from = to + 1;
      }
      return openStep(at, path, from, path.length, flags, relative);
    } finally {
      leave(at);
    }
  }

  private void leave(int step) throws IOException {
    if (step != descriptor) {
      Libc.close(step, errno);
    }
  }

  /** Where a step that begins at {@code from} ends: names have at most 255 bytes. */
  private static int lastSeparator(byte[] path, int from) {
    int to = from + STEP_BYTES;
    while (to > from && path[to] != '/') {
      to--;
    }
    if (to == from) {
      throw new IllegalArgumentException("a name of over " + STEP_BYTES + " bytes");
    }
    return to;
  }

  private int openStep(int at, byte[] path, int from, int to, int flags, String relative)
      throws IOException {
    MemorySegment.copy(path, from, pathBytes, ValueLayout.JAVA_BYTE, 0, to - from);
    pathBytes.set(ValueLayout.JAVA_BYTE, to - from, (byte) 0);
    how.set(ValueLayout.JAVA_LONG, 0, flags);
    try {
      long result =
          (long) Libc.SYSCALL.invokeExact(errno, SYS_OPENAT2, at, pathBytes, how, OPEN_HOW_BYTES);
      if (result < 0) {
        throw Libc.failure(shown(relative), errno);
      }
      return (int) result;
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  String shown(String relative) {
    return relative.isEmpty() ? root.toString() : root + "/" + relative;
  }
}
