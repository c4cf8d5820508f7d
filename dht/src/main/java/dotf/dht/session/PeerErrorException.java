package dotf.dht.session;

import dotf.dht.wire.Messages;
import dotf.dht.wire.proto.Error;
import java.io.IOException;

/** The peer answered with an ERROR. */
public final class PeerErrorException extends IOException {
  private static final long serialVersionUID = 1L;

  private final Error.Code code;
  private final String text;

  PeerErrorException(Error error) {
    super("the peer says: " + Messages.printable(error.getText()));
    this.code = error.getCode();
    this.text = Messages.printable(error.getText());
  }

  /** What kind of error. */
  public Error.Code code() {
    return code;
  }

  /** What it says, fit for a log or terminal. */
  public String text() {
    return text;
  }
}
