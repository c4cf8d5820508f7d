package dotf.watcher;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Holds back what changed until it has come to rest: until nothing happened to it for the quiet
 * time, or, for what never rests, until the maximum delay after its first change. A removal is a
 * change like any other, so that a file that is deleted and made anew within the quiet time comes
 * out once, as what it is then.
 *
 * <p>Invariants: I1 a path is pending at most once, and not at all below a directory that is
 * pending as a rescan. I2 at most {@code limit} are pending: beyond that, paths are rolled up to
 * the directory that holds at least half of them. I3 what was reported comes out, itself or within
 * a rescan, no later than the maximum delay after it was first reported (a roll-up counts from its
 * oldest).
 *
 * <p>A clock that jumps back makes everything pending start anew. Not thread-safe.
 */
public final class Settler {
  /** A sensible limit: some ten megabytes. */
  public static final int PENDING_MAX = 50_000;

  private static final Duration CLOCK_JUMP = Duration.ofSeconds(1);

  private final Duration quiet;
  private final Duration maximum;
  private final int limit;
  private final NavigableMap<String, Pending> byPath = new TreeMap<>();
  private final NavigableSet<Pending> byTime =
      new TreeSet<>(Comparator.comparing(Pending::due).thenComparing(Pending::path));
  private int rescans;
  private Instant latest = Instant.MIN;

  /**
   * A path that has come to rest.
   *
   * @param rescan look at everything below as well: {@code path} is a directory, "" the folder
   */
  public record Settled(String path, boolean rescan) {}

  private record Pending(String path, boolean rescan, Instant first, Instant due) {
    Settled settled() {
      return new Settled(path, rescan);
    }
  }

  /**
   * An empty settler.
   *
   * @param quiet how long nothing may have happened
   * @param maximum how long a path is held back at most; not less than {@code quiet}
   * @param limit how many paths may be pending; at least 2
   */
  public Settler(Duration quiet, Duration maximum, int limit) {
    if (quiet.isNegative() || maximum.compareTo(quiet) < 0 || limit < 2) {
      throw new IllegalArgumentException("0 <= quiet <= maximum and limit >= 2 must hold");
    }
    this.quiet = quiet;
    this.maximum = maximum;
    this.limit = limit;
  }

  /** Something happened to {@code path}: it appeared, changed, or went away. */
  public void changed(String path, Instant now) {
    noticeJump(now);
    Pending above = rescanOver(path);
    if (above != null) {
      put(above.path, true, above.first, now);
      return;
    }
    Pending known = byPath.get(path);
    if (known == null && byPath.size() >= limit) {
      rollUp(path, now);
      return;
    }
    put(path, false, known == null ? now : known.first, now);
  }

  /** Events were lost: all of {@code directory} counts as changed. */
  public void rescan(String directory, Instant now) {
    noticeJump(now);
    Pending above = rescanOver(directory);
    if (above != null) {
      put(above.path, true, above.first, now);
      return;
    }
    absorb(directory, now);
  }

  /** Forgets {@code path} and everything below; "" forgets all. */
  public void forget(String path) {
    remove(byPath.get(path));
    below(path).forEach(this::remove);
  }

  /** What has come to rest, longest at rest first; it is pending no more. */
  public List<Settled> due(Instant now) {
    noticeJump(now);
    List<Settled> settled = new ArrayList<>();
    while (!byTime.isEmpty() && !byTime.first().due.isAfter(now)) {
      Pending next = byTime.first();
      remove(next);
      settled.add(next.settled());
    }
    return settled;
  }

  /** What is pending, whether it has come to rest or not; it is pending no more. */
  public List<Settled> takeAll() {
    List<Settled> all = byTime.stream().map(Pending::settled).toList();
    List.copyOf(byTime).forEach(this::remove);
    return all;
  }

  /** When {@link #due} will next have something, if nothing else happens; null when never. */
  public @Nullable Instant nextDue() {
    return byTime.isEmpty() ? null : byTime.first().due;
  }

  /** How many paths are pending. */
  public int size() {
    return byPath.size();
  }

  private void noticeJump(Instant now) {
    if (now.isBefore(latest) && now.plus(CLOCK_JUMP).isBefore(latest)) {
      for (Pending pending : List.copyOf(byPath.values())) {
        put(pending.path, pending.rescan, now, now);
      }
      latest = now;
    } else if (now.isAfter(latest)) {
      latest = now;
    }
  }

  /** The pending rescan that covers {@code path}, if any. */
  private @Nullable Pending rescanOver(String path) {
    if (rescans == 0) {
      return null;
    }
    String at = path;
    while (true) {
      Pending pending = byPath.get(at);
      if (pending != null && pending.rescan) {
        return pending;
      }
      if (at.isEmpty()) {
        return null;
      }
      at = RelativePath.parent(at);
    }
  }

  /** Makes room (I2). Costs a walk over what is pending, once per half of the limit. */
  private void rollUp(String path, Instant now) {
    String directory = RelativePath.parent(path);
    while (!directory.isEmpty() && RelativePath.below(byPath, directory).size() < limit / 2) {
      directory = RelativePath.parent(directory);
    }
    absorb(directory, now);
  }

  /** Replaces everything pending at and below a directory by one rescan. */
  private void absorb(String directory, Instant now) {
    Instant first = now;
    List<Pending> covered = new ArrayList<>(below(directory));
    Pending itself = byPath.get(directory);
    if (itself != null) {
      covered.add(itself);
    }
    for (Pending pending : covered) {
      first = pending.first.isBefore(first) ? pending.first : first;
      remove(pending);
    }
    put(directory, true, first, now);
  }

  private List<Pending> below(String directory) {
    return List.copyOf(RelativePath.below(byPath, directory).values());
  }

  private void put(String path, boolean rescan, Instant first, Instant now) {
    remove(byPath.get(path));
    Instant rested = now.plus(quiet);
    Instant latestDue = first.plus(maximum);
    Pending pending =
        new Pending(path, rescan, first, rested.isBefore(latestDue) ? rested : latestDue);
    byPath.put(path, pending);
    byTime.add(pending);
    rescans += rescan ? 1 : 0;
  }

  private void remove(@Nullable Pending pending) {
    if (pending != null) {
      byPath.remove(pending.path);
      byTime.remove(pending);
      rescans -= pending.rescan ? 1 : 0;
    }
  }
}
