package dotf.agent.catalog;

import java.util.List;
import java.util.Map;

/**
 * Running figures of one folder's rows.
 *
 * @param files all of them
 * @param bytes their true size
 * @param stubs files that a stub stands for
 * @param stubBytes the true size of those
 * @param pending files that can be worked on now, or soon by themselves
 * @param waiting files that wait for something outside
 * @param copied stored files by how many copies they have elsewhere: index 0 for none, up to {@link
 *     #COPIES_MAX} and more
 * @param reasons files by why they are in their state
 */
public record Tally(
    long files,
    long bytes,
    long stubs,
    long stubBytes,
    long pending,
    long waiting,
    long lingering,
    long skipped,
    long conflicts,
    List<Long> copied,
    Map<Reason, Long> reasons) {
  /** More copies than these are counted as these. */
  public static final int COPIES_MAX = 8;

  public Tally {
    copied = List.copyOf(copied);
    reasons = Map.copyOf(reasons);
  }

  /** Files that are in their state for this reason. */
  public long of(Reason reason) {
    return reasons.getOrDefault(reason, 0L);
  }

  /** Files that are pending or waiting for this reason. */
  public long waitingFor(Reason reason) {
    return switch (reason) {
      case QUIET, QUEUED, REPLACING, IN_USE, COPIES, SPACE, FAILED, UNWRITTEN, STORE, HELD ->
          of(reason);
      default -> 0;
    };
  }

  /** Stored files with at least so many copies elsewhere. */
  public long copiedAtLeast(int copies) {
    return copied.stream().skip(Math.min(copies, COPIES_MAX)).mapToLong(Long::longValue).sum();
  }

  /** Files that are stored. */
  public long stored() {
    return copiedAtLeast(0);
  }
}
