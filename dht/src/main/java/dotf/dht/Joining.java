package dotf.dht;

import dotf.dht.group.Ticket;
import dotf.dht.group.TicketException;
import dotf.dht.net.Transport;
import dotf.dht.session.PeerErrorException;
import dotf.dht.session.Session;
import dotf.dht.session.Stream;
import dotf.dht.wire.Frame;
import dotf.dht.wire.proto.Error;
import dotf.dht.wire.proto.Joined;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Dials the node that a ticket names, and no other, and shows it the ticket. */
final class Joining {
  private static final Duration LIMIT = Duration.ofSeconds(15);

  private final Transport transport;
  private final Handshake handshake;
  private final Executor workers;

  Joining(Transport transport, Handshake handshake, Executor workers) {
    this.transport = transport;
    this.handshake = handshake;
    this.workers = workers;
  }

  /** What the inviter answers, from the first of its addresses where it is. */
  Joined ask(Ticket ticket) throws IOException {
    String last = "";
    for (InetSocketAddress address : ticket.addresses()) {
      try {
        return ask(ticket, address);
      } catch (TicketException e) {
        throw e;
      } catch (IOException e) {
        last = String.valueOf(e.getMessage());
      }
    }
    throw new PeerUnreachableException(
        "the inviting node does not answer (" + last + "); see that it runs, then try again");
  }

  private Joined ask(Ticket ticket, InetSocketAddress address) throws IOException {
    Visit visit = new Visit(ticket);
    Session session = new Session(visit, workers);
    transport.dial(address, ticket.inviter(), session);
    try {
      return visit.joined.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PeerErrorException error && error.code() == Error.Code.TICKET) {
        throw new TicketException(error.text());
      }
      Throwable cause = e.getCause();
      throw new IOException(cause == null ? "failed" : cause.getMessage(), cause);
    } catch (TimeoutException e) {
      throw new IOException("no answer from " + address, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      session.fail(new IOException("joining is over"));
    }
  }

  /** The one connection over which we join. */
  private final class Visit implements Session.Events {
    private final Ticket ticket;
    private final CompletableFuture<Joined> joined = new CompletableFuture<>();

    Visit(Ticket ticket) {
      this.ticket = ticket;
    }

    @Override
    public void run(Session session) {
      try {
        joined.complete(handshake.join(session, ticket));
      } catch (IOException | RuntimeException e) {
        joined.completeExceptionally(e);
      }
    }

    @Override
    public void request(Stream stream, Frame request) {
      // None comes before the handshake is done, and here it never is.
    }

    @Override
    public void closed(Session session, @Nullable Exception cause) {
      if (!session.wasOpened()) {
        joined.completeExceptionally(cause != null ? cause : new IOException("no answer"));
      }
    }
  }
}
