package dotf.watcher;

import java.time.Instant;

/**
 * Something that a {@link FolderScan} found. Paths are relative to the folder, {@code /}-separated
 * and valid UTF-8.
 */
public sealed interface FolderEntry {
  /** A regular file. */
  record File(String path, Figures figures) implements FolderEntry {}

  /** A directory; what is in it follows. */
  record Directory(String path, Figures figures) implements FolderEntry {}

  /**
   * Neither file nor directory: it is there, and never read.
   *
   * @param what "symbolic link", "named pipe", "socket" or "device"
   */
  record Other(String path, String what) implements FolderEntry {}

  /**
   * What holds at {@code path} and below cannot be told: the directory is unreadable, or another
   * filesystem is mounted there, or it went away while it was read. Never to be taken for absence.
   *
   * @param path "" when it is the whole folder
   */
  record Unknown(String path, String reason) implements FolderEntry {}

  /**
   * An entry whose name is not UTF-8, so that no path leads there; nothing below it is told.
   *
   * @param shown the path, with bytes that are not ASCII as {@code \xNN}: only for showing
   */
  record Unreadable(String shown) implements FolderEntry {}

  /**
   * What the filesystem says of an entry.
   *
   * @param device {@code st_dev}; 0 where there is no such thing
   * @param inode 0 where there is no such thing
   * @param size bytes
   * @param mode permission bits (07777)
   * @param uid the owner's number; -1 where there is no such thing
   * @param links names that this inode has
   * @param modified mtime, as fine as the filesystem keeps it
   * @param changed ctime, which no program can set; mtime where there is none
   */
  record Figures(
      long device,
      long inode,
      long size,
      int mode,
      int uid,
      int links,
      Instant modified,
      Instant changed) {

    /** Whether both are of the same inode. */
    public boolean sameFile(Figures other) {
      return device == other.device && inode == other.inode;
    }
  }
}
