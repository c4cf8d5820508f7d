package dotf.agent;

import java.io.IOException;

/** There is no such file, hash or stub. Exit code 66. */
public final class NotFoundException extends IOException {
  private static final long serialVersionUID = 1L;

  public NotFoundException(String message) {
    super(message);
  }
}
