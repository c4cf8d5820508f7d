package dotf.agent;

import dotf.chunker.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.Supplier;

/** How much may still be stored: what is free above the reserve. */
final class Space {
  private static final long GIB = 1L << 30;
  private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};

  private final Disk disk;
  private final Path store;
  private final Supplier<AgentSettings> settings;

  Space(Disk disk, Path store, Supplier<AgentSettings> settings) {
    this.disk = disk;
    this.store = store;
    this.settings = settings;
  }

  /** Bytes that storing may take now. */
  long available() throws IOException {
    return aboveReserve(store);
  }

  /** Bytes that may be written to the filesystem of {@code path} now. */
  long aboveReserve(Path path) throws IOException {
    Disk.Space space = disk.space(path);
    return Math.max(0, space.available() - reserve(space));
  }

  /**
   * Bytes that may be written to a holder's filesystem with these figures. The reserve is about
   * this machine's own disk: where it is more than a 20th of the other, the 20th stays free.
   */
  long forCopies(Disk.Space space) {
    return Math.max(0, space.available() - Math.min(reserve(space), space.total() / 20));
  }

  /** The size of the store's filesystem in bytes. */
  long total() throws IOException {
    return disk.space(store).total();
  }

  /** Bytes of the filesystem of {@code path} that stay free. */
  long reserveOf(Path path) throws IOException {
    return reserve(disk.space(path));
  }

  private long reserve(Disk.Space space) {
    long asked = settings.get().reserve();
    return asked == AgentSettings.RESERVE_DEFAULT ? Math.max(space.total() / 20, GIB) : asked;
  }

  /** A size for people, in units of 1024 as stubs show it: 999 B, 1.2 MB, 100 GB. */
  static String text(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    String format = unit > 0 && value < 99.95 ? "%.1f %s" : "%.0f %s";
    return String.format(Locale.ROOT, format, value, UNITS[unit]);
  }
}
