package dotf.chunker.disk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The file port: every call on which the safety of a user's bytes depends. Names are single path
 * components in UTF-8; no call follows a symbolic link in the last component. Absence is reported
 * only for ENOENT; every other failure is an {@link IOException}, so that an error is never taken
 * for a deletion. Safe for use by many threads.
 */
public interface Disk {
  /**
   * Opens a directory by its path (O_PATH is not enough: it can be synced and listed).
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   */
  Directory open(Path directory) throws IOException;

  /** Space and identity of the filesystem that holds {@code path}. */
  Space space(Path path) throws IOException;

  /**
   * Figures of one filesystem, in bytes; {@code available} is what an unprivileged user may still
   * use.
   */
  record Space(long total, long available, long filesystem) {}
}
