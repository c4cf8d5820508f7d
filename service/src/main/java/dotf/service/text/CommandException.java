package dotf.service.text;

import java.io.IOException;

/**
 * A command ends early. The message is one sentence for standard error: what happened, to which
 * thing, and what to do next.
 */
public final class CommandException extends IOException {
  private static final long serialVersionUID = 1L;

  private final ExitCode code;

  public CommandException(ExitCode code, String message) {
    super(message);
    this.code = code;
  }

  /** What the process returns. */
  public ExitCode code() {
    return code;
  }
}
