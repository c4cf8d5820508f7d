package dotf.dht.group;

import com.google.protobuf.ByteString;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.RecordLog;
import dotf.dht.identity.NodeId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tickets that this node has issued, and who used them. Kept in the log {@code tickets}, whose
 * records are 1, token 16, uses 2, expiry 8 (seconds); or 2, token 16, NodeId 32. Durable on
 * return. Safe for use by many threads.
 */
public final class TicketBook implements Closeable {
  private static final String FILE = "tickets";
  private static final int VERSION = 1;
  private static final byte ISSUED = 1;
  private static final byte USED = 2;
  private static final int TICKETS_MAX = 1024;

  private final RecordLog log;
  private final Map<ByteString, Issued> tickets = new HashMap<>();

  private record Issued(int uses, Instant expiry, Set<NodeId> users) {}

  private TicketBook(RecordLog log) {
    this.log = log;
  }

  /** Opens the log, or makes it, and forgets what has expired. */
  public static TicketBook open(Directory journal, Instant now) throws IOException {
    Map<ByteString, Issued> tickets = new HashMap<>();
    RecordLog log = RecordLog.open(journal, FILE, VERSION, bytes -> replay(bytes, tickets));
    TicketBook book = new TicketBook(log);
    tickets.forEach(
        (token, issued) -> {
          if (now.isBefore(issued.expiry)) {
            book.tickets.put(token, issued);
          }
        });
    if (book.tickets.size() < tickets.size()) {
      log.rewrite(book.records());
    }
    return book;
  }

  private static void replay(ByteBuffer bytes, Map<ByteString, Issued> tickets) {
    byte kind = bytes.get();
    ByteString token = ByteString.copyFrom(bytes, Ticket.TOKEN_BYTES);
    if (kind == ISSUED) {
      int uses = bytes.getShort() & 0xffff;
      Instant expiry = Instant.ofEpochSecond(bytes.getLong());
      tickets.put(token, new Issued(uses, expiry, new HashSet<>()));
    } else if (kind == USED && tickets.containsKey(token)) {
      byte[] user = new byte[NodeId.BYTES];
      bytes.get(user);
      tickets.get(token).users.add(NodeId.of(user));
    }
  }

  /** Remembers a ticket, so that it can be used. */
  public synchronized void issue(Ticket ticket, Instant now) throws IOException {
    tickets.values().removeIf(issued -> !now.isBefore(issued.expiry));
    if (tickets.size() >= TICKETS_MAX) {
      throw new TicketException(
          "there are " + TICKETS_MAX + " open tickets; wait until some have expired");
    }
    Issued issued = new Issued(ticket.uses(), ticket.expiry(), new HashSet<>());
    log.append(issuedRecord(ticket.token(), issued));
    log.commit();
    tickets.put(ticket.token(), issued);
  }

  /**
   * Counts a use. The same node using a ticket again, because the answer was lost, costs none.
   *
   * @throws TicketException when there is no such ticket, or none left of it
   */
  public synchronized void use(ByteString token, NodeId user, Instant now) throws IOException {
    Issued issued = tickets.get(token);
    if (issued == null) {
      throw new TicketException("the inviting node does not know this ticket; ask for a new one");
    }
    if (!now.isBefore(issued.expiry)) {
      throw new TicketException("the ticket has expired; ask for a new one");
    }
    if (issued.users.contains(user)) {
      return;
    }
    if (issued.users.size() >= issued.uses) {
      throw new TicketException("the ticket is used up; ask for a new one");
    }
    log.append(usedRecord(token, user));
    log.commit();
    issued.users.add(user);
  }

  private List<byte[]> records() {
    List<byte[]> records = new ArrayList<>();
    tickets.forEach(
        (token, issued) -> {
          records.add(issuedRecord(token, issued));
          issued.users.forEach(user -> records.add(usedRecord(token, user)));
        });
    return records;
  }

  private static byte[] issuedRecord(ByteString token, Issued issued) {
    return ByteBuffer.allocate(1 + Ticket.TOKEN_BYTES + 2 + 8)
        .put(ISSUED)
        .put(token.asReadOnlyByteBuffer())
        .putShort((short) issued.uses)
        .putLong(issued.expiry.getEpochSecond())
        .array();
  }

  private static byte[] usedRecord(ByteString token, NodeId user) {
    return ByteBuffer.allocate(1 + Ticket.TOKEN_BYTES + NodeId.BYTES)
        .put(USED)
        .put(token.asReadOnlyByteBuffer())
        .put(user.bytes())
        .array();
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
