package dotf.agent;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** When to try a file again that was in use or failed: later and later. For one thread. */
final class Retries {
  private static final Duration FIRST = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final Map<String, Try> tries = new HashMap<>();

  private record Try(Instant due, Duration next) {}

  /** It did not work; it is due again some time later. */
  void failed(String path, Instant now) {
    Try last = tries.get(path);
    Duration wait = last == null ? FIRST : last.next();
    Duration doubled = wait.multipliedBy(2);
    tries.put(path, new Try(now.plus(wait), doubled.compareTo(LONGEST) > 0 ? LONGEST : doubled));
  }

  /** It worked, or is not there any more. */
  void forget(String path) {
    tries.remove(path);
  }

  /** Files whose time has come; each stays, so that the next failure waits longer. */
  List<String> due(Instant now) {
    List<String> due =
        tries.entrySet().stream()
            .filter(entry -> !entry.getValue().due().isAfter(now))
            .map(Map.Entry::getKey)
            .toList();
    due.forEach(path -> tries.computeIfPresent(path, (same, t) -> new Try(Instant.MAX, t.next())));
    return due;
  }

  /** What they waited for may be over: all are due. */
  void hurry() {
    tries.replaceAll((path, t) -> new Try(Instant.MIN, FIRST));
  }

  /** When the next one is due, or null. */
  @Nullable Instant nextDue() {
    return tries.values().stream().map(Try::due).min(Comparator.naturalOrder()).orElse(null);
  }

  /** When a file is tried again, or null. */
  @Nullable Instant dueOf(String path) {
    Try known = tries.get(path);
    return known == null ? null : known.due();
  }
}
