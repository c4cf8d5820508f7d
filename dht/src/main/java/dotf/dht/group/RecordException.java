package dotf.dht.group;

import java.io.IOException;

/** A signed record is malformed, or its signature is not valid. Nothing in it is to be believed. */
public final class RecordException extends IOException {
  private static final long serialVersionUID = 1L;

  RecordException(String message) {
    super(message);
  }

  RecordException(String message, Throwable cause) {
    super(message, cause);
  }
}
