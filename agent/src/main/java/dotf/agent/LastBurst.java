package dotf.agent;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * The deletions and rewrites that {@code undo} would take back now.
 *
 * @param held they wait for the user's word, so the journal does not have them yet
 */
public record LastBurst(Instant from, Instant to, boolean held, List<Lost> files) {
  public LastBurst {
    files = List.copyOf(files);
  }

  /**
   * One file.
   *
   * @param deleted it is gone; else it has another content now
   * @param size of what would come back, in bytes
   * @param at when it was first seen in this burst
   */
  public record Lost(Path path, boolean deleted, long size, Instant at) {}
}
