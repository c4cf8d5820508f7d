package dotf.agent;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Tells files that are being copied from files at risk: those that have had fewer copies than asked
 * for, some of them at least, for over an hour since the agent started. Safe for use by many
 * threads.
 */
final class SafetyFigures {
  static final Duration PATIENCE = Duration.ofHours(1);

  private @Nullable Instant lackingSince;

  /**
   * The figures now; to be asked at least once a minute.
   *
   * @param stored files, the lost ones included
   * @param copied those of them with as many copies as asked for
   * @param lost those with a block that has no source
   * @param alone nobody else is to hold anything
   */
  synchronized AgentStatus.Safety of(
      long stored, long copied, long lost, boolean alone, Instant now) {
    long lacking = alone ? 0 : Math.max(0, stored - copied - lost);
    if (lacking == 0) {
      lackingSince = null;
    } else if (lackingSince == null) {
      lackingSince = now;
    }
    boolean late = lackingSince != null && !now.isBefore(lackingSince.plus(PATIENCE));
    return new AgentStatus.Safety(
        alone ? 0 : copied,
        alone ? stored - lost : 0,
        late ? 0 : lacking,
        late ? lacking : 0,
        lost);
  }
}
