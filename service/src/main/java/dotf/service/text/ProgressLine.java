package dotf.service.text;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** How far a long command has come, as one line: a bar, both counts, the speed, the time left. */
public final class ProgressLine {
  private static final int BAR = 20;
  private static final Duration FIRST_ESTIMATE = Duration.ofSeconds(2);

  private final String verb;
  private final InstantSource clock;
  private final Instant begun;

  /**
   * @param verb what is going on, such as {@code restoring}
   */
  public ProgressLine(String verb, InstantSource clock) {
    this.verb = verb;
    this.clock = clock;
    this.begun = clock.instant();
  }

  /** The line for so many of so many files and bytes. */
  public String at(long filesDone, long files, long bytesDone, long bytes) {
    double part =
        bytes > 0 ? (double) bytesDone / bytes : files > 0 ? (double) filesDone / files : 0;
    int full = (int) Math.round(Math.clamp(part, 0.0, 1.0) * BAR);
    String line =
        "%s [%s%s] %,d/%,d files  %s/%s"
            .formatted(
                verb,
                "#".repeat(full),
                "-".repeat(BAR - full),
                filesDone,
                files,
                Amounts.size(bytesDone),
                Amounts.size(bytes));
    Duration taken = Duration.between(begun, clock.instant());
    if (taken.compareTo(FIRST_ESTIMATE) < 0 || bytesDone == 0) {
      return line;
    }
    double perSecond = bytesDone / (taken.toMillis() / 1000.0);
    Duration left = Duration.ofSeconds((long) ((bytes - bytesDone) / perSecond));
    return line + "  " + Amounts.size((long) perSecond) + "/s  " + Amounts.duration(left);
  }
}
