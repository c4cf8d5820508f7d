package dotf.watcher;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * Watches one folder and hands its events to a listener, one at a time and in order, on a thread of
 * the watcher. The folder's own {@code .dotf} is left out. A listener may take its time: what
 * arrives meanwhile waits in a bounded queue of the system, and if that overflows, a {@link
 * FolderEvent.Rescan} follows. A listener must not scan the folder itself (scanning makes events).
 *
 * <p>Once a watcher is open, everything that happens is reported or covered by a Rescan, as far as
 * the system can; so a scan that begins after that misses nothing.
 */
public interface FolderWatcher extends Closeable {
  /** The most directories that {@link #unwatched} names. */
  int UNWATCHED_MAX = 1000;

  /**
   * Watches with the best means of this system; returns when all present directories are watched.
   * Events may come before that.
   *
   * @throws IOException when the folder cannot be watched at all
   */
  static FolderWatcher open(Path root, Consumer<FolderEvent> listener) throws IOException {
    return FolderScan.ON_LINUX
        ? InotifyWatcher.open(root, listener)
        : LibraryWatcher.open(root, listener);
  }

  /**
   * As {@link #open}, with the means that every system has: changes only, and not all of them.
   *
   * @throws IOException when the folder cannot be watched at all
   */
  static FolderWatcher openPortable(Path root, Consumer<FolderEvent> listener) throws IOException {
    return LibraryWatcher.open(root, listener);
  }

  /** Whether {@link FolderEvent.Opened} is ever reported. */
  boolean seesOpens();

  /**
   * Directories of which, with everything below, no events come: to be scanned from time to time.
   * Empty when all is well; at most {@value #UNWATCHED_MAX} are named. Any thread may ask.
   */
  List<Unwatched> unwatched();

  /**
   * Ends watching. When called by another thread than the watcher's, no event is delivered after it
   * returns, unless the listener has been busy for over five seconds.
   */
  @Override
  void close() throws IOException;

  /**
   * A directory that could not be watched.
   *
   * @param directory relative path, "" being the whole folder
   * @param reason what stands in the way and what to do about it
   */
  record Unwatched(String directory, String reason) {}
}
