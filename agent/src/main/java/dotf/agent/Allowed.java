package dotf.agent;

import java.time.Instant;
import java.util.List;

/**
 * What came of letting held work go on.
 *
 * @param until how long it is let through
 * @param released what was held and goes on now, a sentence for each kind; empty when nothing was
 */
public record Allowed(Instant until, List<String> released) {
  public Allowed {
    released = List.copyOf(released);
  }
}
