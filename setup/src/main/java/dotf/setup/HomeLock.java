package dotf.setup;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An agent's hold on its home: at most one in the world at a time, gone with the process, however
 * that ends.
 */
public final class HomeLock implements AutoCloseable {
  /**
   * The homes that this process holds. The kernel drops a process's lock when the process closes
   * <em>any</em> descriptor of the file, so a second attempt from within must not even open it.
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path home;
  private final FileChannel channel;

  private HomeLock(Path home, FileChannel channel) {
    this.home = home;
    this.channel = channel;
  }

  static HomeLock take(Home home) throws IOException {
    if (!HELD.add(home.directory())) {
      throw taken(home, Long.toString(ProcessHandle.current().pid()));
    }
    try {
      FileChannel channel = lock(home.lockFile());
      if (channel == null) {
        throw taken(home, readPid(home));
      }
      OwnerOnly.replace(
          home.pidFile(),
          (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII));
      return new HomeLock(home.directory(), channel);
    } catch (IOException e) {
      HELD.remove(home.directory());
      throw e;
    }
  }

  /** Lets go; a second call does nothing. */
  @Override
  public void close() throws IOException {
    channel.close();
    HELD.remove(home);
  }

  private static @Nullable FileChannel lock(Path file) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    return lock == null ? null : channel;
  }

  private static String readPid(Home home) throws IOException {
    return Files.exists(home.pidFile()) ? Files.readString(home.pidFile()).strip() : "unknown";
  }

  private static IOException taken(Home home, String pid) {
    return new IOException(
        "an agent runs already on "
            + home
            + " (process "
            + pid
            + "); see it with dotf status, end it with dotf stop");
  }
}
