package dotf.watcher;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The opens that are our own, so that they are not taken for a user's: the system does not say who
 * opened a file. Announce each open before it is made; each announcement answers for one event, and
 * for no longer than it may take to arrive.
 *
 * <p>Thread-safe. Bounded: past {@value #ANNOUNCED_MAX} announcements the oldest is forgotten,
 * whose open then counts as a user's.
 */
public final class OpenLedger {
  static final int ANNOUNCED_MAX = 10_000;

  private final Duration expiry;
  private final Map<String, Deque<Instant>> announced = new LinkedHashMap<>();
  private int count;

  /** A ledger whose announcements expire after {@code expiry}. */
  public OpenLedger(Duration expiry) {
    this.expiry = expiry;
  }

  /** We are about to open {@code path}, once. */
  public synchronized void expect(String path, Instant now) {
    if (count == ANNOUNCED_MAX) {
      forgetOldest();
    }
    announced.computeIfAbsent(path, _ -> new ArrayDeque<>(1)).addLast(now);
    count++;
  }

  /** Whether an open of {@code path} that was just reported is ours; uses the announcement up. */
  public synchronized boolean consume(String path, Instant now) {
    Deque<Instant> times = announced.get(path);
    if (times == null) {
      return false;
    }
    boolean ours = false;
    while (!ours && !times.isEmpty()) {
      Instant at = times.removeFirst();
      count--;
      ours = !now.isBefore(at) && !now.isAfter(at.plus(expiry));
    }
    if (times.isEmpty()) {
      announced.remove(path);
    }
    return ours;
  }

  /** Forgets every announcement: after lost events the expected ones may never come. */
  public synchronized void clear() {
    announced.clear();
    count = 0;
  }

  private void forgetOldest() {
    var oldest = announced.values().iterator();
    Deque<Instant> times = oldest.next();
    times.removeFirst();
    count--;
    if (times.isEmpty()) {
      oldest.remove();
    }
  }
}
