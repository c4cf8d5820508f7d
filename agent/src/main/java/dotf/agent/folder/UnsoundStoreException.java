package dotf.agent.folder;

import java.io.IOException;

/** The store's disk has not kept its word: no original goes. The message says what to do. */
public final class UnsoundStoreException extends IOException {
  private static final long serialVersionUID = 1L;

  public UnsoundStoreException(String message) {
    super(message);
  }
}
