package dotf.service.api;

import com.fasterxml.jackson.core.JsonGenerator;
import dotf.agent.NotFoundException;
import dotf.dht.DhtNode;
import dotf.dht.group.IssuedTicket;
import dotf.dht.group.Ticket;
import dotf.dht.identity.NodeId;
import dotf.service.text.Amounts;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Printable;
import dotf.service.text.Table;
import dotf.service.text.Table.Column;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Invitations: {@code invite}, {@code invite --list}, {@code invite --revoke}. */
public final class TicketRoutes {
  private final DhtNode node;
  private final InstantSource clock;

  private TicketRoutes(DhtNode node, InstantSource clock) {
    this.node = node;
    this.clock = clock;
  }

  /** Adds the routes. */
  public static void add(Routes routes, DhtNode node, InstantSource clock) {
    TicketRoutes tickets = new TicketRoutes(node, clock);
    routes.post("invite", tickets::invite);
    routes.get("tickets", tickets::list);
    routes.post("revoke", tickets::revoke);
  }

  private void invite(Call call) throws IOException {
    long uses = call.number("uses", 1);
    Duration life = Duration.ofSeconds(call.number("seconds", 86_400));
    if (uses < 1 || uses > Ticket.USES_MAX) {
      throw new CommandException(
          ExitCode.USAGE, "a ticket is good for 1 to " + Ticket.USES_MAX + " machines");
    }
    Ticket ticket = node.invite((int) uses, life);
    if (call.json()) {
      call.document(
          json -> {
            json.writeStringField("ticket", ticket.text());
            json.writeNumberField("uses", uses);
            Json.time(json, "until", clock.instant().plus(life));
          });
      return;
    }
    call.line(ticket.text());
    call.note(
        "good for %s, for %s; on the other machine:  dotf join -   (it then asks for the ticket)"
            .formatted(Amounts.count(uses, "machine", "machines"), Amounts.duration(life)));
  }

  private void list(Call call) throws IOException {
    Instant now = clock.instant();
    List<IssuedTicket> tickets = node.tickets();
    if (call.json()) {
      call.document(
          json ->
              Json.array(
                  json,
                  "tickets",
                  items -> {
                    for (IssuedTicket ticket : tickets) {
                      Json.object(items, o -> write(o, ticket, now));
                    }
                  }));
      return;
    }
    if (tickets.isEmpty()) {
      call.note("this machine has given out no tickets; make one with: dotf invite");
      return;
    }
    boolean whole = call.terminal().whole();
    Table table =
        new Table(
            call.text(),
            call.terminal(),
            Column.left("ID", 8),
            Column.left("STATE", 8),
            Column.right("LEFT", 5),
            Column.left("UNTIL", 20),
            Column.left("USED BY", 0));
    for (IssuedTicket ticket : tickets) {
      table.row(
          ticket.id(),
          words(ticket.state(now)),
          Integer.toString(left(ticket, now)),
          ticket.expiry().toString(),
          ticket.users().stream()
              .map(user -> whole ? user.toString() : user.brief())
              .collect(Collectors.joining(" ")));
    }
  }

  private static void write(JsonGenerator json, IssuedTicket ticket, Instant now)
      throws IOException {
    json.writeStringField("id", ticket.id());
    json.writeStringField("state", words(ticket.state(now)));
    json.writeNumberField("uses", ticket.uses());
    json.writeNumberField("left", left(ticket, now));
    Json.time(json, "until", ticket.expiry());
    Json.array(
        json,
        "usedBy",
        items -> {
          for (NodeId user : ticket.users()) {
            items.writeString(user.toString());
          }
        });
  }

  private static int left(IssuedTicket ticket, Instant now) {
    return ticket.state(now) == IssuedTicket.State.OPEN ? ticket.left() : 0;
  }

  private static String words(IssuedTicket.State state) {
    return state.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private void revoke(Call call) throws IOException {
    String id = call.required("id").strip().toLowerCase(Locale.ROOT);
    if (node.tickets().stream().noneMatch(ticket -> ticket.id().equals(id))) {
      throw new NotFoundException(
          "no ticket has the id " + Printable.of(id) + "; see dotf invite --list");
    }
    node.revoke(id);
    if (call.json()) {
      call.document(json -> json.writeStringField("id", id));
    } else {
      call.line(
          "nobody can join with ticket %s any more; whoever did stays (dotf peers --remove)"
              .formatted(id));
    }
  }
}
