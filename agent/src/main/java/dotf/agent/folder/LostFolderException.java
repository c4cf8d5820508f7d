package dotf.agent.folder;

import dotf.agent.folder.WatchedFolder.Health;
import java.io.IOException;

/** What is at a folder's path is not the directory that was added, or nothing is there. */
public final class LostFolderException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Health health;

  LostFolderException(Health health, String message) {
    super(message);
    this.health = health;
  }

  /** What is wrong; never {@link Health#HEALTHY}. */
  public Health health() {
    return health;
  }
}
