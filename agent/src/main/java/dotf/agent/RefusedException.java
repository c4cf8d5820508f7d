package dotf.agent;

import java.io.IOException;

/** A safety rule forbids it; the message says which, and what to do instead. Exit code 77. */
public final class RefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  public RefusedException(String message) {
    super(message);
  }
}
