package dotf.agent;

import java.nio.file.Path;
import java.util.List;

/**
 * What came of bringing files back.
 *
 * @param outcome how many came back, and why others did not
 * @param renamed what has another name than one may expect; the first {@link Outcome#PROBLEMS_MAX}
 *     only
 */
public record WayBackOutcome(Outcome outcome, List<Renamed> renamed) {
  public WayBackOutcome {
    renamed = List.copyOf(renamed);
  }

  /**
   * One file under another name.
   *
   * @param path the name that was asked for
   * @param name the name that the file has now, of which there may be only a stub
   * @param kept it is what had the name {@code path} until now; else it is the file that came back,
   *     whose own name was taken
   */
  public record Renamed(Path path, Path name, boolean kept) {}
}
