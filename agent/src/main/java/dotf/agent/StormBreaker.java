package dotf.agent;

import dotf.agent.journal.FileKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells a person who opens a file from a program that reads one stub after the other, by how many
 * opened stubs would be restored within {@link #WINDOW}, and by their size: the largest of them
 * left out, so that one file alone may have any size. Beyond either limit a storm holds all back
 * until no stub was opened for {@link #QUIET}, or until it is allowed. For all folders together.
 *
 * <p>Pure: time is passed in. A storm does not outlive the process. Safe for use by many threads.
 */
final class StormBreaker {
  /** Stubs that are restored within a window. */
  static final int FILES_MAX = 8;

  /** Bytes that are restored within a window, the largest file left out. */
  static final long BYTES_MAX = 200L << 20;

  static final Duration WINDOW = Duration.ofSeconds(10);

  static final Duration QUIET = Duration.ofMinutes(1);

  /** Held stubs that are remembered, to be brought back once they are allowed. */
  static final int HELD_MAX = 10_000;

  /** Beyond these the permission that ends first is forgotten. */
  static final int PERMISSIONS_MAX = 100;

  private final Deque<Restored> window = new ArrayDeque<>();
  private final Set<FileKey> held = new LinkedHashSet<>();
  private final List<Permission> permissions = new ArrayList<>();
  private @Nullable Storm storm;

  /** What is to be done about an opened stub. */
  enum Answer {
    RESTORE,
    HOLD,
    /** Hold: with this one a storm begins. */
    HOLD_FROM_NOW_ON
  }

  private record Restored(long size, Instant at) {}

  /**
   * @param under a file or directory; null for everything
   */
  private record Permission(@Nullable FileKey under, Instant until) {}

  /**
   * What was restored before the storm was noticed, and when a stub was last opened in it.
   *
   * @param more stubs that were held
   */
  private record Storm(int files, long bytes, Duration within, long more, Instant last) {
    Storm with(int another, Instant now) {
      return new Storm(files, bytes, within, more + another, now);
    }
  }

  /** A program opened a file's stub. */
  synchronized Answer opened(FileKey file, long size, Instant now) {
    endIfQuiet(now);
    if (isAllowed(file, now)) {
      return Answer.RESTORE;
    }
    window.removeIf(restored -> isOver(restored.at(), WINDOW, now));
    if (storm == null && fits(size)) {
      window.add(new Restored(size, now));
      return Answer.RESTORE;
    }
    Answer answer = storm == null ? Answer.HOLD_FROM_NOW_ON : Answer.HOLD;
    Storm before = storm == null ? begin(now) : storm;
    boolean known = held.size() < HELD_MAX ? !held.add(file) : held.contains(file);
    storm = before.with(known ? 0 : 1, now);
    return answer;
  }

  private boolean fits(long size) {
    if (window.size() >= FILES_MAX) {
      return false;
    }
    long sum = size;
    long largest = size;
    for (Restored restored : window) {
      sum += restored.size();
      largest = Math.max(largest, restored.size());
    }
    return sum - largest <= BYTES_MAX;
  }

  private Storm begin(Instant now) {
    return new Storm(
        window.size(),
        window.stream().mapToLong(Restored::size).sum(),
        Duration.between(window.getFirst().at(), now),
        0,
        now);
  }

  private void endIfQuiet(Instant now) {
    if (storm != null && isOver(storm.last(), QUIET, now)) {
      end();
    }
  }

  private void end() {
    storm = null;
    held.clear();
    window.clear();
  }

  /**
   * Also when the clock was set back: nothing is held until it has caught up. A moment that is a
   * little before was only looked at earlier, by another thread.
   */
  private static boolean isOver(Instant begun, Duration time, Instant now) {
    return now.isBefore(begun.minus(time)) || !now.isBefore(begun.plus(time));
  }

  private boolean isAllowed(FileKey file, Instant now) {
    permissions.removeIf(permission -> !now.isBefore(permission.until()));
    return permissions.stream().anyMatch(permission -> isBelow(file, permission.under()));
  }

  private static boolean isBelow(FileKey file, @Nullable FileKey under) {
    return under == null
        || (file.folder().equals(under.folder())
            && (under.path().isEmpty()
                || file.path().equals(under.path())
                || file.path().startsWith(under.path() + "/")));
  }

  /**
   * Restores whatever is opened at or below a path (null: anywhere) for a while, uncounted.
   *
   * @return the stubs that were opened and held there
   */
  synchronized List<FileKey> allow(@Nullable FileKey under, Instant until, Instant now) {
    endIfQuiet(now);
    permissions.removeIf(
        known -> known.under() == null ? under == null : known.under().equals(under));
    permissions.add(new Permission(under, until));
    if (permissions.size() > PERMISSIONS_MAX) {
      permissions.remove(
          permissions.stream().min(Comparator.comparing(Permission::until)).orElseThrow());
    }
    List<FileKey> released = held.stream().filter(file -> isBelow(file, under)).toList();
    if (released.size() == held.size()) {
      end();
    } else {
      released.forEach(held::remove);
    }
    return released;
  }

  /** Whether this file's stub was opened and is held. */
  synchronized boolean isHeld(FileKey file, Instant now) {
    endIfQuiet(now);
    return held.contains(file);
  }

  /** Why nothing is restored when it is opened, and what to do; null when it is. */
  synchronized @Nullable String reason(Instant now) {
    endIfQuiet(now);
    if (storm == null) {
      return null;
    }
    return ("%d %s (%s) %s restored within %d s by a program that reads many stubs, %,d more %s"
            + " not; dotf allow lets it go on")
        .formatted(
            storm.files(),
            storm.files() == 1 ? "file" : "files",
            Space.text(storm.bytes()),
            storm.files() == 1 ? "was" : "were",
            Math.max(1, storm.within().toSeconds()),
            storm.more(),
            storm.more() == 1 ? "was" : "were");
  }
}
