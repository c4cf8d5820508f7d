package dotf.dht;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A node is not connected, or does not answer; later it may. */
public final class PeerUnreachableException extends IOException {
  private static final long serialVersionUID = 1L;

  PeerUnreachableException(String message) {
    super(message);
  }

  PeerUnreachableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
