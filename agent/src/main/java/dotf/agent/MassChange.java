package dotf.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts the files of one folder that were deleted or rewritten lately, and tells when they are so
 * many that a script, a mistake or worse may be behind it. Pure but for its memory; for one thread.
 */
final class MassChange {
  /** Changes further back do not count any more. */
  static final Duration WINDOW = Duration.ofMinutes(5);

  /** More than these are many in any folder. */
  static final int MANY = 100;

  /** Fewer than these are never many: people tidy up small folders. */
  static final int LEAST = 20;

  /** More than a quarter of a folder is much. */
  private static final int SHARE = 4;

  private final Map<String, Instant> lately = new LinkedHashMap<>();

  /** A file was deleted or rewritten. */
  void note(String path, Instant now) {
    lately.remove(path);
    lately.put(path, now);
  }

  /**
   * Whether {@code more} together with what was noted lately are many.
   *
   * @param entries files that the folder has
   */
  boolean isMany(Collection<String> more, long entries, Instant now) {
    lately.values().removeIf(at -> at.plus(WINDOW).isBefore(now));
    long changed = lately.size() + more.stream().filter(path -> !lately.containsKey(path)).count();
    return changed > MANY || (changed >= LEAST && changed * SHARE > entries);
  }

  /** What was noted and is not forgotten. */
  List<String> paths() {
    return List.copyOf(lately.keySet());
  }

  void forget() {
    lately.clear();
  }
}
