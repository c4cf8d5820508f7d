package dotf.watcher.inotify;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;

/**
 * The C functions that this package calls. Every handle but {@code strerror}'s takes the segment
 * that receives errno as its first argument.
 */
final class Libc {
  static final MethodHandle INOTIFY_INIT1;
  static final MethodHandle INOTIFY_ADD_WATCH;
  static final MethodHandle INOTIFY_RM_WATCH;
  static final MethodHandle EVENTFD;
  static final MethodHandle POLL;
  static final MethodHandle READ;
  static final MethodHandle WRITE;
  static final MethodHandle CLOSE;
  static final MethodHandle OPEN;
  static final MethodHandle SYSCALL;
  static final MethodHandle GETDENTS64;
  static final MethodHandle STATX;

  private static final MethodHandle STRERROR;
  private static final MemoryLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final MemoryLayout POINTER = ValueLayout.ADDRESS;

  static {
    Linker linker = Linker.nativeLinker();
    SymbolLookup symbols = linker.defaultLookup();
    INOTIFY_INIT1 = bind(linker, symbols, "inotify_init1", -1, INT, INT);
    INOTIFY_ADD_WATCH = bind(linker, symbols, "inotify_add_watch", -1, INT, INT, POINTER, INT);
    INOTIFY_RM_WATCH = bind(linker, symbols, "inotify_rm_watch", -1, INT, INT, INT);
    EVENTFD = bind(linker, symbols, "eventfd", -1, INT, INT, INT);
    POLL = bind(linker, symbols, "poll", -1, INT, POINTER, LONG, INT);
    READ = bind(linker, symbols, "read", -1, LONG, INT, POINTER, LONG);
    WRITE = bind(linker, symbols, "write", -1, LONG, INT, POINTER, LONG);
    CLOSE = bind(linker, symbols, "close", -1, INT, INT);
    OPEN = bind(linker, symbols, "open", 2, INT, POINTER, INT, INT);
    SYSCALL = bind(linker, symbols, "syscall", 1, LONG, LONG, INT, POINTER, POINTER, LONG);
    GETDENTS64 = bind(linker, symbols, "getdents64", -1, LONG, INT, POINTER, LONG);
    STATX = bind(linker, symbols, "statx", -1, INT, INT, POINTER, INT, INT, POINTER);
    STRERROR =
        linker.downcallHandle(
            symbols.findOrThrow("strerror"),
            FunctionDescriptor.of(
                ValueLayout.ADDRESS.withTargetLayout(
                    MemoryLayout.sequenceLayout(256, ValueLayout.JAVA_BYTE)),
                INT));
  }

  private Libc() {}

  /** A handle for one function; {@code variadicFrom} is the first variable argument, or -1. */
  private static MethodHandle bind(
      Linker linker,
      SymbolLookup symbols,
      String name,
      int variadicFrom,
      MemoryLayout result,
      MemoryLayout... arguments) {
    List<Linker.Option> options = new ArrayList<>();
    options.add(Linker.Option.captureCallState("errno"));
    if (variadicFrom >= 0) {
      options.add(Linker.Option.firstVariadicArg(variadicFrom));
    }
    return linker.downcallHandle(
        symbols.findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        options.toArray(Linker.Option[]::new));
  }

  /** Memory that receives errno; for one thread at a time. */
  static MemorySegment errnoState(Arena arena) {
    return arena.allocate(ERRNO_LAYOUT);
  }

  static int errno(MemorySegment state) {
    return (int) ERRNO.get(state, 0L);
  }

  /** The failure that the last call left in {@code state}, about {@code subject}. */
  static SystemCallException failure(String subject, MemorySegment state) {
    int errno = errno(state);
    return new SystemCallException(subject, errno, text(errno));
  }

  /**
   * What to throw for anything a handle throws itself: it declares Throwable, but only programming
   * errors come that way.
   */
  static RuntimeException unexpected(Throwable problem) {
    return switch (problem) {
      case RuntimeException runtime -> runtime;
      case Error error -> throw error;
      default -> new IllegalStateException(problem);
    };
  }

  static void close(int descriptor, MemorySegment state) throws IOException {
    try {
      if ((int) CLOSE.invokeExact(state, descriptor) != 0) {
        throw failure("descriptor " + descriptor, state);
      }
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }

  private static String text(int errno) {
    try {
      return ((MemorySegment) STRERROR.invokeExact(errno)).getString(0);
    } catch (Throwable t) {
      throw unexpected(t);
    }
  }
}
