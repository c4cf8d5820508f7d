package dotf.dht.store;

/**
 * Whether the disk under the store keeps its word.
 *
 * @param message what happened and what to do, for people; empty when healthy
 */
public record StoreHealth(State state, String message) {
  /** How far the store may be relied upon. */
  public enum State {
    /** Nothing has gone wrong. */
    HEALTHY,
    /**
     * The disk refused to make data durable once; it was written again elsewhere. No original may
     * be removed until {@code verify(deep)} has found nothing wrong.
     */
    DEGRADED,
    /** It happened again, or could not be mended: blocks can be read, none can be put. */
    READ_ONLY
  }

  static final StoreHealth GOOD = new StoreHealth(State.HEALTHY, "");
}
