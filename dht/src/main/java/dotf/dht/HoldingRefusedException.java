package dotf.dht;

import java.io.IOException;

/** A node will not hold these blocks for us; ask another. */
public final class HoldingRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Reason reason;

  /** Why. */
  public enum Reason {
    /** Its disk or store is full. */
    FULL,
    /** What it offers is used up. */
    QUOTA,
    /** It does not take such blocks, or not now. */
    POLICY
  }

  HoldingRefusedException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  /** Why. */
  public Reason reason() {
    return reason;
  }
}
