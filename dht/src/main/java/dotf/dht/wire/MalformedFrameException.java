package dotf.dht.wire;

import java.io.IOException;

/** A peer sent what this protocol does not allow; the connection is closed. */
public final class MalformedFrameException extends IOException {
  private static final long serialVersionUID = 1L;

  public MalformedFrameException(String message) {
    super("the peer broke the protocol: " + message);
  }

  public MalformedFrameException(String message, Throwable cause) {
    super("the peer broke the protocol: " + message, cause);
  }
}
