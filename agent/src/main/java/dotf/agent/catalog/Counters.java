package dotf.agent.catalog;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/** Adds rows up and takes them off again; guarded by its catalog. */
final class Counters {
  private final Map<FileState, Long> states = new EnumMap<>(FileState.class);
  private final Map<Reason, Long> reasons = new EnumMap<>(Reason.class);
  private final long[] copied = new long[Tally.COPIES_MAX + 1];
  private long files;
  private long bytes;
  private long stubBytes;

  /** {@code sign} is 1 to add a row and -1 to take it off. */
  void count(Row row, int sign) {
    files += sign;
    bytes += sign * row.size();
    states.merge(row.state(), (long) sign, Long::sum);
    reasons.merge(row.reason(), (long) sign, Long::sum);
    if (row.state() == FileState.STUB) {
      stubBytes += sign * row.size();
    }
    if (row.hash() != null) {
      copied[Math.min(row.copies(), Tally.COPIES_MAX)] += sign;
    }
  }

  Tally tally() {
    return new Tally(
        files,
        bytes,
        of(FileState.STUB),
        stubBytes,
        of(FileState.LOCAL) + of(FileState.BUSY),
        of(FileState.WAITING),
        of(FileState.LINGERING),
        of(FileState.SKIPPED),
        of(FileState.CONFLICT),
        Arrays.stream(copied).boxed().toList(),
        reasons);
  }

  private long of(FileState state) {
    return states.getOrDefault(state, 0L);
  }
}
