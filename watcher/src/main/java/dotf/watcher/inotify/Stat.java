package dotf.watcher.inotify;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Instant;

/**
 * What {@code statx} says of an entry, links not followed.
 *
 * @param mode file type and permission bits, as in {@code st_mode}
 * @param device as in {@code st_dev}
 * @param size bytes
 * @param mountRoot whether something is mounted here
 */
public record Stat(
    int mode,
    long device,
    long inode,
    long size,
    int uid,
    int links,
    Instant modified,
    Instant changed,
    boolean mountRoot) {

  private static final int TYPE_BITS = 0170000;
  private static final int DIRECTORY = 0040000;
  private static final int REGULAR = 0100000;
  private static final int LINK = 0120000;
  private static final int FIFO = 0010000;
  private static final int SOCKET = 0140000;

  static final long BYTES = 256;
  private static final long ATTRIBUTE_MOUNT_ROOT = 0x2000;

  /** Reads a {@code struct statx}. */
  static Stat of(MemorySegment statx) {
    return new Stat(
        Short.toUnsignedInt(statx.get(ValueLayout.JAVA_SHORT, 28)),
        device(statx.get(ValueLayout.JAVA_INT, 136), statx.get(ValueLayout.JAVA_INT, 140)),
        statx.get(ValueLayout.JAVA_LONG, 32),
        statx.get(ValueLayout.JAVA_LONG, 40),
        statx.get(ValueLayout.JAVA_INT, 20),
        statx.get(ValueLayout.JAVA_INT, 16),
        time(statx, 112),
        time(statx, 96),
        (statx.get(ValueLayout.JAVA_LONG, 8) & ATTRIBUTE_MOUNT_ROOT) != 0);
  }

  public boolean isDirectory() {
    return (mode & TYPE_BITS) == DIRECTORY;
  }

  public boolean isRegular() {
    return (mode & TYPE_BITS) == REGULAR;
  }

  /** The type in words, for messages. */
  public String typeName() {
    return switch (mode & TYPE_BITS) {
      case DIRECTORY -> "directory";
      case REGULAR -> "file";
      case LINK -> "symbolic link";
      case FIFO -> "named pipe";
      case SOCKET -> "socket";
      default -> "device";
    };
  }

  /** Whether both describe the same inode. */
  public boolean sameFile(Stat other) {
    return device == other.device && inode == other.inode;
  }

  private static Instant time(MemorySegment statx, long offset) {
    return Instant.ofEpochSecond(
        statx.get(ValueLayout.JAVA_LONG, offset), statx.get(ValueLayout.JAVA_INT, offset + 8));
  }

  /** The C library's makedev, so that the number equals {@code st_dev}. */
  private static long device(int major, int minor) {
    long high = Integer.toUnsignedLong(major);
    long low = Integer.toUnsignedLong(minor);
    return ((high & 0xfffL) << 8)
        | ((high & ~0xfffL) << 32)
        | (low & 0xffL)
        | ((low & ~0xffL) << 12);
  }
}
