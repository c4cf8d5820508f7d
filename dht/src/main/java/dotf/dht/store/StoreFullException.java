package dotf.dht.store;

import java.io.IOException;

/** The store may take no more: the disk is full, or its own limit is reached. Nothing was lost. */
public final class StoreFullException extends IOException {
  private static final long serialVersionUID = 1L;

  StoreFullException(String message) {
    super(message);
  }

  StoreFullException(String message, IOException cause) {
    super(message, cause);
  }
}
