package dotf.agent;

import dotf.chunker.block.BlockMissingException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Map;

/**
 * What came of a request on many files.
 *
 * @param files how many were done
 * @param bytes their true size
 * @param failures how many were not, by what kind of failure
 * @param problems why; the first {@link #PROBLEMS_MAX} only
 */
public record Outcome(long files, long bytes, Map<Failure, Long> failures, List<Problem> problems) {
  /** More problems than these are only counted. */
  public static final int PROBLEMS_MAX = 1000;

  public Outcome {
    failures = Map.copyOf(failures);
    problems = List.copyOf(problems);
  }

  /** How many were not done. */
  public long failed() {
    return failures.values().stream().mapToLong(Long::longValue).sum();
  }

  /** What kind of failure it was. */
  public enum Failure {
    /** It may work later, by itself. */
    LATER,
    /** There is no such file or stub. */
    ABSENT,
    /** A safety rule forbids it. */
    REFUSED,
    /** Anything else. */
    FAILED;

    static Failure of(Throwable cause) {
      return switch (cause) {
        case TryLaterException e -> LATER;
        case BlockMissingException e -> LATER;
        case NotFoundException e -> ABSENT;
        case NoSuchFileException e -> ABSENT;
        case RefusedException e -> REFUSED;
        default -> FAILED;
      };
    }
  }
}
