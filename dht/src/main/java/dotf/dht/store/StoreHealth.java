package dotf.dht.store;

import org.jspecify.annotations.Nullable;

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

  private static final String UNTIL =
      " Check the disk, then run 'dotf verify --deep': until it finds nothing wrong, no file is"
          + " freed; everything can be restored.";

  /** The disk failed for the first time. */
  static StoreHealth degraded(@Nullable String cause) {
    return new StoreHealth(
        State.DEGRADED,
        "The disk failed to keep data of the store (" + cause + "); it was written again." + UNTIL);
  }

  /** The disk failed in an earlier run, and nobody has looked since. */
  static StoreHealth suspect() {
    return new StoreHealth(
        State.DEGRADED, "The disk failed to keep data of the store in an earlier run." + UNTIL);
  }

  /** Whether what was acknowledged may be relied on enough to remove an original. */
  public boolean isGood() {
    return state == State.HEALTHY;
  }

  static final StoreHealth GOOD = new StoreHealth(State.HEALTHY, "");
}
