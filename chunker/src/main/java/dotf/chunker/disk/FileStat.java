package dotf.chunker.disk;

import java.time.Instant;

/**
 * What {@code statx} says of one directory entry or open file.
 *
 * @param mode permission bits (07777)
 * @param immutable {@code chattr +i}; {@code appendOnly} is {@code +a}
 */
public record FileStat(
    Type type,
    long device,
    long inode,
    long size,
    int mode,
    int uid,
    int links,
    Instant modified,
    Instant changed,
    boolean immutable,
    boolean appendOnly) {

  /** What kind of thing an entry is. */
  public enum Type {
    FILE,
    DIRECTORY,
    LINK,
    OTHER
  }

  /** Whether both describe the same inode. */
  public boolean sameFile(FileStat other) {
    return device == other.device && inode == other.inode;
  }

  /** Whether nothing that a write would change differs: inode, size, mtime, ctime. */
  public boolean unchangedSince(FileStat earlier) {
    return sameFile(earlier)
        && size == earlier.size
        && modified.equals(earlier.modified)
        && changed.equals(earlier.changed);
  }

  /**
   * Whether nothing that a write would change differs, though the file was renamed in between,
   * which sets its ctime.
   */
  public boolean unchangedSinceButForName(FileStat earlier) {
    return sameFile(earlier)
        && size == earlier.size
        && modified.equals(earlier.modified)
        && mode == earlier.mode
        && links == earlier.links;
  }
}
