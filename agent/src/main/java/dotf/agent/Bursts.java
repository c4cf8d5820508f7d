package dotf.agent;

import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.agent.journal.JournalRecord.FileTrashed;
import dotf.agent.journal.JournalRecord.Former;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the changes that belong together: a burst has no pause of {@link #GAP} in it. Pure. */
final class Bursts {
  /** Changes further apart than this are of two bursts. */
  static final Duration GAP = Duration.ofMinutes(3);

  private Bursts() {}

  /**
   * One version that a file lost.
   *
   * @param deleted nothing took its place
   * @param held the journal still names it: the change waits for the user's word
   */
  record Change(FileKey key, FileVersion version, Instant at, boolean deleted, boolean held) {
    static Change of(Former former) {
      return new Change(
          former.key(), former.version(), former.at(), former instanceof FileTrashed, false);
    }
  }

  /** What one file lost in a burst, the oldest first: that is what it goes back to. */
  record Loss(FileKey key, List<Change> changes) {
    Change first() {
      return changes.getFirst();
    }

    /** Whether the file was gone in the end. */
    boolean isDeletion() {
      return changes.getLast().deleted();
    }
  }

  /** One burst; it has at least one change. */
  record Burst(List<Change> changes) {
    Instant from() {
      return changes.getFirst().at();
    }

    Instant to() {
      return changes.getLast().at();
    }

    long deleted() {
      return losses().stream().filter(Loss::isDeletion).count();
    }

    long rewritten() {
      return losses().size() - deleted();
    }

    boolean isHeld() {
      return changes.stream().anyMatch(Change::held);
    }

    List<Loss> losses() {
      Map<FileKey, List<Change>> byKey = new LinkedHashMap<>();
      for (Change change : changes) {
        byKey.computeIfAbsent(change.key(), key -> new ArrayList<>()).add(change);
      }
      return byKey.entrySet().stream()
          .map(entry -> new Loss(entry.getKey(), entry.getValue()))
          .toList();
    }
  }

  /** The last burst, or, when changes are held, the last one with such; null for none. */
  static @Nullable Burst last(Collection<Change> changes) {
    List<Change> ordered =
        changes.stream().sorted(Comparator.comparing(Change::at).reversed()).toList();
    boolean held = changes.stream().anyMatch(Change::held);
    List<Change> burst = new ArrayList<>();
    for (Change change : ordered) {
      if (!burst.isEmpty() && change.at().plus(GAP).isBefore(burst.getLast().at())) {
        if (!held || burst.stream().anyMatch(Change::held)) {
          break;
        }
        burst.clear();
      }
      burst.add(change);
    }
    return burst.isEmpty() ? null : new Burst(burst.reversed());
  }
}
