package dotf.dht.store;

import java.io.IOException;

/** Blocks of others are not taken; own blocks may still be. */
public final class HostingRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why. */
  public enum Reason {
    /** What this node offers is used up. */
    QUOTA,
    /** The store or its disk is full. */
    FULL,
    /** The store is read-only. */
    FAILED
  }

  HostingRefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
