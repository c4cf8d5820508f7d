package dotf.chunker.disk;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The file port: every call on which the safety of a user's bytes depends. Names are single path
 * components in UTF-8; no call follows a symbolic link in one. Absence is reported only for ENOENT;
 * every other failure is an {@link IOException}, so that an error is never taken for a deletion.
 * Safe for use by many threads.
 */
public interface Disk {
  /**
   * Opens a directory by its path; it can be listed and synced. The path itself may lead through
   * links; below it nothing does.
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   */
  Directory open(Path directory) throws IOException;

  /** The user that this process acts as: its files are the ones whose leases it may take. */
  int user();

  /** Space and identity of the filesystem that holds {@code path}. */
  Space space(Path path) throws IOException;

  /**
   * Figures of one filesystem, in bytes.
   *
   * @param available what an unprivileged user may still use
   * @param filesystem a number that stays the same when the machine starts anew, on filesystems
   *     that have one
   */
  record Space(long total, long available, long filesystem) {}
}
