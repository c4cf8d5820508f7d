package dotf.agent;

/**
 * What {@code verify} looked at; the problems went to the caller's consumer.
 *
 * @param holders how many holders were asked
 */
public record Verification(long stubs, long blocks, long holders, long problems) {
  /** Whether nothing is wrong. */
  public boolean ok() {
    return problems == 0;
  }
}
