package dotf.dht.group;

import com.google.protobuf.ByteString;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.RecordLog;
import dotf.dht.identity.NodeId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The tickets that this node has issued, and who used them. Kept in the log {@code tickets}, whose
 * records are 1, token 16, uses 2, expiry 8 (seconds); 2, token 16, NodeId 32; or 3, token 16
 * (revoked). Durable on return. Safe for use by many threads.
 */
public final class TicketBook implements Closeable {
  private static final String FILE = "tickets";
  private static final int VERSION = 1;
  private static final byte ISSUED = 1;
  private static final byte USED = 2;
  private static final byte REVOKED = 3;
  private static final int TICKETS_MAX = 1024;
  private static final int ID_BYTES = 4;

  /** An expired ticket is listed, and told from an unknown one, for so long. */
  private static final Duration REMEMBERED = Duration.ofDays(7);

  private final RecordLog log;
  private final Map<ByteString, Issued> tickets = new LinkedHashMap<>();

  private static final class Issued {
    private final int uses;
    private final Instant expiry;
    private final Set<NodeId> users = new LinkedHashSet<>();
    private boolean revoked;

    Issued(int uses, Instant expiry) {
      this.uses = uses;
      this.expiry = expiry;
    }

    boolean isForgotten(Instant now) {
      return now.isAfter(expiry.plus(REMEMBERED));
    }
  }

  private TicketBook(RecordLog log) {
    this.log = log;
  }

  /** Opens the log, or makes it, and forgets what expired long ago. */
  public static TicketBook open(Directory journal, Instant now) throws IOException {
    Map<ByteString, Issued> tickets = new LinkedHashMap<>();
    RecordLog log = RecordLog.open(journal, FILE, VERSION, bytes -> replay(bytes, tickets));
    TicketBook book = new TicketBook(log);
    tickets.forEach(
        (token, issued) -> {
          if (!issued.isForgotten(now)) {
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
      tickets.put(token, new Issued(uses, Instant.ofEpochSecond(bytes.getLong())));
    } else if (kind == USED && tickets.containsKey(token)) {
      byte[] user = new byte[NodeId.BYTES];
      bytes.get(user);
      tickets.get(token).users.add(NodeId.of(user));
    } else if (kind == REVOKED && tickets.containsKey(token)) {
      tickets.get(token).revoked = true;
    }
  }

  /** Remembers a ticket, so that it can be used. */
  public synchronized void issue(Ticket ticket, Instant now) throws IOException {
    tickets.values().removeIf(issued -> issued.isForgotten(now));
    if (tickets.size() >= TICKETS_MAX) {
      tickets.values().removeIf(issued -> issued.revoked || !now.isBefore(issued.expiry));
    }
    if (tickets.size() >= TICKETS_MAX) {
      throw new TicketException(
          "there are " + TICKETS_MAX + " open tickets; revoke some, or wait until some expired");
    }
    Issued issued = new Issued(ticket.uses(), ticket.expiry());
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
    if (issued.revoked) {
      throw new TicketException("the ticket was revoked; ask for a new one");
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

  /** Every ticket that is remembered, in order of issue. */
  public synchronized List<IssuedTicket> list(Instant now) {
    List<IssuedTicket> list = new ArrayList<>();
    tickets.forEach(
        (token, issued) -> {
          if (!issued.isForgotten(now)) {
            list.add(shown(token, issued));
          }
        });
    return list;
  }

  /**
   * Makes a ticket useless from now on; whoever used it stays a member.
   *
   * @param id as {@link #list} shows it
   * @throws TicketException when no ticket has this id
   */
  public synchronized void revoke(String id) throws IOException {
    if (!revoke(token -> id(token).equals(id))) {
      throw new TicketException("no ticket has the id " + id + "; see dotf invite --list");
    }
  }

  /** Makes every ticket useless: they were for a group that this node goes from. */
  public synchronized void revokeAll() throws IOException {
    var _ = revoke(any -> true);
  }

  private boolean revoke(Predicate<ByteString> which) throws IOException {
    List<Map.Entry<ByteString, Issued>> found =
        tickets.entrySet().stream().filter(ticket -> which.test(ticket.getKey())).toList();
    for (Map.Entry<ByteString, Issued> ticket : found) {
      if (!ticket.getValue().revoked) {
        log.append(revokedRecord(ticket.getKey()));
      }
    }
    log.commit();
    found.forEach(ticket -> ticket.getValue().revoked = true);
    return !found.isEmpty();
  }

  private static IssuedTicket shown(ByteString token, Issued issued) {
    return new IssuedTicket(
        id(token), issued.uses, List.copyOf(issued.users), issued.expiry, issued.revoked);
  }

  private static String id(ByteString token) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(token.toByteArray());
      return HexFormat.of().formatHex(digest, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private List<byte[]> records() {
    List<byte[]> records = new ArrayList<>();
    tickets.forEach(
        (token, issued) -> {
          records.add(issuedRecord(token, issued));
          issued.users.forEach(user -> records.add(usedRecord(token, user)));
          if (issued.revoked) {
            records.add(revokedRecord(token));
          }
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

  private static byte[] revokedRecord(ByteString token) {
    return ByteBuffer.allocate(1 + Ticket.TOKEN_BYTES)
        .put(REVOKED)
        .put(token.asReadOnlyByteBuffer())
        .array();
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
