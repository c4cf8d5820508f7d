package dotf.agent;

import java.util.List;

/**
 * What came of a request on many files.
 *
 * @param files how many were done
 * @param bytes their true size
 * @param failed how many were not
 * @param problems why; the first {@link #PROBLEMS_MAX} only
 */
public record Outcome(long files, long bytes, long failed, List<Problem> problems) {
  /** More problems than these are only counted. */
  public static final int PROBLEMS_MAX = 1000;

  public Outcome {
    problems = List.copyOf(problems);
  }
}
