package dotf.agent.catalog;

import dotf.chunker.disk.FileStat;
import java.time.Instant;

/**
 * What a scan saw of one directory entry: while these figures stay, its content is what it was.
 *
 * @param size bytes
 * @param changed ctime
 */
public record Seen(long device, long inode, long size, Instant modified, Instant changed) {
  /** From what the disk says. */
  public static Seen of(FileStat stat) {
    return new Seen(stat.device(), stat.inode(), stat.size(), stat.modified(), stat.changed());
  }

  /** Whether the entry is still the one that was seen, unchanged. */
  public boolean matches(FileStat stat) {
    return equals(of(stat));
  }
}
