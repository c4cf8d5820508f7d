package dotf.chunker.disk;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.time.Instant;

/** Reads {@code struct statx}; its offsets are the same on every architecture. */
final class Statx {
  private static final int IMMUTABLE = 0x10;
  private static final int APPEND = 0x20;
  private static final int TYPE = 0170000;
  private static final int PERMISSIONS = 07777;

  private Statx() {}

  static FileStat parse(MemorySegment statx) {
    int mode = Short.toUnsignedInt(statx.get(JAVA_SHORT, 28));
    long attributes = statx.get(JAVA_LONG, 8);
    return new FileStat(
        type(mode),
        device(statx),
        statx.get(JAVA_LONG, 32),
        statx.get(JAVA_LONG, 40),
        mode & PERMISSIONS,
        statx.get(JAVA_INT, 20),
        statx.get(JAVA_INT, 16),
        time(statx, 112),
        time(statx, 96),
        (attributes & IMMUTABLE) != 0,
        (attributes & APPEND) != 0);
  }

  /** The kernel counts in units of 512 bytes, whatever the filesystem's blocks are. */
  static long allocated(MemorySegment statx) {
    return statx.get(JAVA_LONG, 48) * 512;
  }

  private static long device(MemorySegment statx) {
    return Integer.toUnsignedLong(statx.get(JAVA_INT, 136)) << 32
        | Integer.toUnsignedLong(statx.get(JAVA_INT, 140));
  }

  private static FileStat.Type type(int mode) {
    return switch (mode & TYPE) {
      case 0100000 -> FileStat.Type.FILE;
      case 0040000 -> FileStat.Type.DIRECTORY;
      case 0120000 -> FileStat.Type.LINK;
      default -> FileStat.Type.OTHER;
    };
  }

  /** The kernel's seconds have 64 bits, more than an Instant can hold; those are cut off. */
  private static Instant time(MemorySegment statx, long offset) {
    long seconds = statx.get(JAVA_LONG, offset);
    long bounded = Math.clamp(seconds, Instant.MIN.getEpochSecond(), Instant.MAX.getEpochSecond());
    return Instant.ofEpochSecond(bounded, statx.get(JAVA_INT, offset + 8));
  }
}
