package dotf.chunker.disk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The calls of the C library that this package needs, on x86-64 and aarch64 Linux. Each returns
 * what the call returned, or the negated errno; EINTR is retried.
 */
final class Libc {
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EAGAIN = 11;
  static final int EACCES = 13;
  static final int EEXIST = 17;
  static final int EXDEV = 18;
  static final int EISDIR = 21;
  static final int EINVAL = 22;
  static final int ENOSPC = 28;
  static final int EPERM = 1;
  static final int ENOSYS = 38;
  static final int ENOTEMPTY = 39;
  static final int ELOOP = 40;
  static final int ENODATA = 61;
  static final int EOPNOTSUPP = 95;
  static final int EDQUOT = 122;

  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");

  static final int AT_FDCWD = -100;
  static final int AT_SYMLINK_NOFOLLOW = 0x100;
  static final int AT_SYMLINK_FOLLOW = 0x400;
  static final int AT_REMOVEDIR = 0x200;
  static final int AT_NO_AUTOMOUNT = 0x800;
  static final int AT_EMPTY_PATH = 0x1000;
  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0x40;
  static final int O_EXCL = 0x80;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;
  static final int O_DIRECTORY = ARM ? 0x4000 : 0x10000;
  static final int O_NOFOLLOW = ARM ? 0x8000 : 0x20000;
  static final int O_TMPFILE = 0x400000 | O_DIRECTORY;
  static final int RENAME_NOREPLACE = 1;
  static final int RENAME_EXCHANGE = 2;
  static final int F_SETSIG = 10;
  static final int F_SETLEASE = 1024;
  static final int F_GETLEASE = 1025;
  static final int F_RDLCK = 0;
  static final int F_WRLCK = 1;
  static final int F_UNLCK = 2;
  static final int SIGURG = 23;
  static final int STATX_BASIC_STATS = 0x7ff;
  static final int POSIX_FADV_DONTNEED = 4;
  static final int FALLOC_FL_KEEP_SIZE = 1;
  static final int FALLOC_FL_PUNCH_HOLE = 2;

  /** Since Linux 6.9: fills {@code struct fsuuid2}, a length and up to 16 bytes. */
  static final long FS_IOC_GETFSUUID = 0x80111500L;

  /** RESOLVE_NO_XDEV, NO_MAGICLINKS, NO_SYMLINKS, BENEATH. */
  private static final long RESOLVE = 0x01 | 0x02 | 0x04 | 0x08;

  private static final long SYS_OPENAT2 = 437;
  private static final long OPEN_HOW_BYTES = 24;
  private static final int FIXED = -1;

  private static final MethodHandle OPENAT =
      handle("openat", 3, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle SYSCALL =
      handle("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle CLOSE = handle("close", FIXED, JAVA_INT, JAVA_INT);
  private static final MethodHandle STATX =
      handle("statx", FIXED, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle STATFS = handle("statfs", FIXED, JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle RENAMEAT2 =
      handle("renameat2", FIXED, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle LINKAT =
      handle("linkat", FIXED, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle UNLINKAT =
      handle("unlinkat", FIXED, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle MKDIRAT =
      handle("mkdirat", FIXED, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle GETDENTS =
      handle("getdents64", FIXED, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle PREAD =
      handle("pread64", FIXED, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle PWRITE =
      handle("pwrite64", FIXED, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle FSYNC = handle("fsync", FIXED, JAVA_INT, JAVA_INT);
  private static final MethodHandle FDATASYNC = handle("fdatasync", FIXED, JAVA_INT, JAVA_INT);
  private static final MethodHandle SYNCFS = handle("syncfs", FIXED, JAVA_INT, JAVA_INT);
  private static final MethodHandle FTRUNCATE =
      handle("ftruncate64", FIXED, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle FALLOCATE =
      handle("fallocate64", FIXED, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle FADVISE =
      handle("posix_fadvise64", FIXED, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle FCHMOD = handle("fchmod", FIXED, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle FUTIMENS =
      handle("futimens", FIXED, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle FLISTXATTR =
      handle("flistxattr", FIXED, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  private static final MethodHandle FGETXATTR =
      handle("fgetxattr", FIXED, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  private static final MethodHandle FSETXATTR =
      handle("fsetxattr", FIXED, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT);
  private static final MethodHandle FCNTL =
      handle("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle IOCTL =
      handle("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
  private static final MethodHandle GETEUID = handle("geteuid", FIXED, JAVA_INT);
  private static final MethodHandle STRERROR =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("strerror"),
              FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private Libc() {}

  static int openat(Scratch s, int dir, MemorySegment name, int flags, int mode) {
    return (int) call(s, () -> (int) OPENAT.invokeExact(s.state, dir, name, flags, mode));
  }

  /** Opens below a directory: never through a link, out of the tree or across a mount. */
  static int openBeneath(Scratch s, int dir, MemorySegment path, int flags, int mode) {
    MemorySegment how = s.struct;
    how.set(JAVA_LONG, 0, flags);
    how.set(JAVA_LONG, 8, mode);
    how.set(JAVA_LONG, 16, RESOLVE);
    return (int)
        call(
            s,
            () -> (long) SYSCALL.invokeExact(s.state, SYS_OPENAT2, dir, path, how, OPEN_HOW_BYTES));
  }

  /** Not retried: Linux has closed the descriptor even when it reports EINTR. */
  static int close(Scratch s, int fd) {
    try {
      int result = (int) CLOSE.invokeExact(s.state, fd);
      return result < 0 ? -s.errno() : result;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  static int statx(Scratch s, int dir, MemorySegment name, int flags) {
    return (int)
        call(
            s,
            () -> (int) STATX.invokeExact(s.state, dir, name, flags, STATX_BASIC_STATS, s.struct));
  }

  static int statfs(Scratch s, MemorySegment path) {
    return (int) call(s, () -> (int) STATFS.invokeExact(s.state, path, s.struct));
  }

  static int renameat2(
      Scratch s, int dir, MemorySegment name, int newDir, MemorySegment newName, int flags) {
    return (int)
        call(s, () -> (int) RENAMEAT2.invokeExact(s.state, dir, name, newDir, newName, flags));
  }

  static int linkat(
      Scratch s, int dir, MemorySegment name, int newDir, MemorySegment newName, int flags) {
    return (int)
        call(s, () -> (int) LINKAT.invokeExact(s.state, dir, name, newDir, newName, flags));
  }

  static int unlinkat(Scratch s, int dir, MemorySegment name, int flags) {
    return (int) call(s, () -> (int) UNLINKAT.invokeExact(s.state, dir, name, flags));
  }

  static int mkdirat(Scratch s, int dir, MemorySegment name, int mode) {
    return (int) call(s, () -> (int) MKDIRAT.invokeExact(s.state, dir, name, mode));
  }

  static long getdents(Scratch s, int fd, MemorySegment into) {
    return call(s, () -> (long) GETDENTS.invokeExact(s.state, fd, into, into.byteSize()));
  }

  static long pread(Scratch s, int fd, MemorySegment into, long bytes, long position) {
    return call(s, () -> (long) PREAD.invokeExact(s.state, fd, into, bytes, position));
  }

  static long pwrite(Scratch s, int fd, MemorySegment from, long bytes, long position) {
    return call(s, () -> (long) PWRITE.invokeExact(s.state, fd, from, bytes, position));
  }

  static int fsync(Scratch s, int fd) {
    return (int) call(s, () -> (int) FSYNC.invokeExact(s.state, fd));
  }

  static int fdatasync(Scratch s, int fd) {
    return (int) call(s, () -> (int) FDATASYNC.invokeExact(s.state, fd));
  }

  static int syncfs(Scratch s, int fd) {
    return (int) call(s, () -> (int) SYNCFS.invokeExact(s.state, fd));
  }

  static int ftruncate(Scratch s, int fd, long size) {
    return (int) call(s, () -> (int) FTRUNCATE.invokeExact(s.state, fd, size));
  }

  static int fallocate(Scratch s, int fd, int mode, long position, long size) {
    return (int) call(s, () -> (int) FALLOCATE.invokeExact(s.state, fd, mode, position, size));
  }

  /** Of these calls the only one that returns its error instead of setting errno. */
  static int fadvise(Scratch s, int fd, int advice) {
    return (int) -call(s, () -> (int) FADVISE.invokeExact(s.state, fd, 0L, 0L, advice));
  }

  static int fchmod(Scratch s, int fd, int mode) {
    return (int) call(s, () -> (int) FCHMOD.invokeExact(s.state, fd, mode));
  }

  static int futimens(Scratch s, int fd, MemorySegment times) {
    return (int) call(s, () -> (int) FUTIMENS.invokeExact(s.state, fd, times));
  }

  static long flistxattr(Scratch s, int fd, MemorySegment into) {
    return call(s, () -> (long) FLISTXATTR.invokeExact(s.state, fd, into, into.byteSize()));
  }

  static long fgetxattr(Scratch s, int fd, MemorySegment name, MemorySegment into) {
    return call(s, () -> (long) FGETXATTR.invokeExact(s.state, fd, name, into, into.byteSize()));
  }

  static int fsetxattr(Scratch s, int fd, MemorySegment name, MemorySegment value, long bytes) {
    return (int) call(s, () -> (int) FSETXATTR.invokeExact(s.state, fd, name, value, bytes, 0));
  }

  static int fcntl(Scratch s, int fd, int command, int argument) {
    return (int) call(s, () -> (int) FCNTL.invokeExact(s.state, fd, command, argument));
  }

  static int ioctl(Scratch s, int fd, long request, MemorySegment argument) {
    return (int) call(s, () -> (int) IOCTL.invokeExact(s.state, fd, request, argument));
  }

  static int geteuid(Scratch s) {
    return (int) call(s, () -> (int) GETEUID.invokeExact(s.state));
  }

  static MemorySegment strerror(int errno) {
    try {
      return (MemorySegment) STRERROR.invokeExact(errno);
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private interface Call {
    long run() throws Throwable;
  }

  private static long call(Scratch s, Call call) {
    try {
      while (true) {
        long result = call.run();
        if (result >= 0) {
          return result;
        }
        if (s.errno() != EINTR) {
          return -s.errno();
        }
      }
    } catch (Throwable e) {
      throw new AssertionError("a native call of the wrong shape", e);
    }
  }

  private static MethodHandle handle(
      String name, int firstVariadic, MemoryLayout result, MemoryLayout... arguments) {
    List<Linker.Option> options = new ArrayList<>();
    options.add(Linker.Option.captureCallState("errno"));
    if (firstVariadic != FIXED) {
      options.add(Linker.Option.firstVariadicArg(firstVariadic));
    }
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        options.toArray(Linker.Option[]::new));
  }
}
