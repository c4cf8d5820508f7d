package dotf.dht.group;

import java.io.IOException;

/** A ticket cannot be used; the message says why and what to do. */
public final class TicketException extends IOException {
  private static final long serialVersionUID = 1L;

  public TicketException(String message) {
    super(message);
  }
}
