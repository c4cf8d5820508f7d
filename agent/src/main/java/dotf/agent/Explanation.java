package dotf.agent;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * {@code why PATH}, in words.
 *
 * @param row the file as {@code ls} shows it
 * @param rule the rule that put it into this state
 * @param waitsFor what has to happen before the state changes, or null when nothing will
 * @param when when that will be, or null when nobody can say
 */
public record Explanation(
    FileRow row, String rule, @Nullable String waitsFor, @Nullable String when) {

  /** The same file, its stub held back by the storm breaker. */
  Explanation heldBy(String storm, Duration quiet) {
    return new Explanation(
        row,
        "its stub was opened while opened stubs are held back: "
            + storm
            + "; dotf open brings this one back now",
        "dotf allow, or " + Explaining.text(quiet) + " in which no stub is opened",
        null);
  }

  /** The same file, which waits for something else first. */
  Explanation waitingFor(String other) {
    return new Explanation(row, rule, other, null);
  }

  /**
   * The same file, its stub about to go because a rule keeps the file on the disk.
   *
   * @param room bytes that are free above the reserve; null when nobody can tell
   */
  Explanation keptBy(String rule, @Nullable Long room) {
    String space =
        room == null || row.size() <= room
            ? "its turn"
            : "free space: it needs %s, %s free above the reserve"
                .formatted(Space.text(row.size()), Space.text(room));
    return new Explanation(
        row, "a rule keeps it on this disk, so it is brought back (" + rule + ")", space, null);
  }
}
