package dotf.chunker.manifest;

import java.io.IOException;

/** Bytes that are not what their format says; the message is a clause that tells how. */
public final class FormatException extends IOException {
  private static final long serialVersionUID = 1L;

  FormatException(String message) {
    super(message);
  }
}
