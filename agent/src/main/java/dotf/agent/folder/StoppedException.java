package dotf.agent.folder;

import java.io.IOException;

/** The agent is being stopped; the work is left at a point from which it can go on later. */
public final class StoppedException extends IOException {
  private static final long serialVersionUID = 1L;

  public StoppedException() {
    super("dotf is being stopped; it goes on when it runs again");
  }
}
