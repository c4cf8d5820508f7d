package dotf.service.api;

import java.util.concurrent.CancellationException;

/** The client closed its connection: what was asked for is cancelled. */
final class ClientGoneException extends CancellationException {
  private static final long serialVersionUID = 1L;

  ClientGoneException() {
    super("the client closed its connection");
  }
}
