package dotf.agent;

import java.io.IOException;

/** Not now, but perhaps later: holders are offline, or a time limit passed. Exit code 75. */
public final class TryLaterException extends IOException {
  private static final long serialVersionUID = 1L;

  public TryLaterException(String message) {
    super(message);
  }
}
