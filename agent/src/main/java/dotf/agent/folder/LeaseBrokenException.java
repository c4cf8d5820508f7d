package dotf.agent.folder;

import java.io.IOException;

/** Somebody wants to write to a file that is being read: the work on it is dropped at once. */
final class LeaseBrokenException extends IOException {
  private static final long serialVersionUID = 1L;

  LeaseBrokenException() {
    super("a program began to write to the file");
  }
}
