package dotf.dht.group;

import com.google.protobuf.ByteString;
import dotf.dht.identity.NodeId;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.WireAddress;
import java.net.InetSocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * An invitation into a group, one line of text: base32 of version 1, GroupId 32, inviter's NodeId
 * 32, token 16, uses 2, expiry 8 (seconds since 1970), count 1, addresses (length 1, then 6 or 18
 * bytes), and the first 4 bytes of SHA-256({@code dotf-ticket/1} ‖ all before).
 *
 * @param inviter the only node to show it to
 * @param addresses where that node listens, 1 to 16
 * @param token 16 random bytes: whoever knows them may join
 * @param uses how many nodes may join with it, 1 to 65,535
 * @param expiry whole seconds
 */
public record Ticket(
    GroupId group,
    NodeId inviter,
    List<InetSocketAddress> addresses,
    ByteString token,
    int uses,
    Instant expiry) {
  /** Length of the token in bytes. */
  public static final int TOKEN_BYTES = 16;

  /** No ticket may be used more often. */
  public static final int USES_MAX = 0xffff;

  private static final byte VERSION = 1;
  private static final int FIXED_BYTES = 1 + 32 + 32 + TOKEN_BYTES + 2 + 8 + 1;
  private static final int CHECK_BYTES = 4;
  private static final int CHARS_MAX = 1024;
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
  private static final byte[] CONTEXT = "dotf-ticket/1".getBytes(StandardCharsets.US_ASCII);

  /** A ticket for a token of 16 bytes; addresses beyond the sixteenth are left out. */
  public static Ticket of(
      GroupId group,
      NodeId inviter,
      List<InetSocketAddress> addresses,
      byte[] token,
      int uses,
      Instant expiry) {
    return new Ticket(
        group,
        inviter,
        addresses.stream().limit(NodeRecord.ADDRESSES_MAX).toList(),
        ByteString.copyFrom(token),
        uses,
        expiry.truncatedTo(ChronoUnit.SECONDS));
  }

  public Ticket {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()
        || addresses.size() > NodeRecord.ADDRESSES_MAX
        || token.size() != TOKEN_BYTES
        || uses < 1
        || uses > USES_MAX) {
      throw new IllegalArgumentException("a ticket out of bounds");
    }
  }

  /**
   * Reads a ticket as somebody typed or pasted it; upper case and surrounding space do not matter.
   *
   * @throws TicketException when it is not a whole, unchanged ticket
   */
  public static Ticket parse(String text) throws TicketException {
    byte[] bytes = unbase32(text.strip().toLowerCase(Locale.ROOT));
    if (bytes.length < FIXED_BYTES + CHECK_BYTES) {
      throw new TicketException("this is not a whole ticket; copy it again");
    }
    int end = bytes.length - CHECK_BYTES;
    if (!Arrays.equals(check(bytes, end), 0, CHECK_BYTES, bytes, end, bytes.length)) {
      throw new TicketException("the ticket is mistyped or cut short; copy it again");
    }
    if (bytes[0] != VERSION) {
      throw new TicketException("the ticket was made by a newer version of dotf; install that one");
    }
    try {
      return read(ByteBuffer.wrap(bytes, 1, end - 1));
    } catch (BufferUnderflowException | IllegalArgumentException | MalformedFrameException e) {
      throw new TicketException("the ticket is malformed; ask for a new one");
    }
  }

  private static Ticket read(ByteBuffer from) throws MalformedFrameException {
    GroupId group = GroupId.of(take(from, GroupId.BYTES));
    NodeId inviter = NodeId.of(take(from, NodeId.BYTES));
    ByteString token = ByteString.copyFrom(take(from, TOKEN_BYTES));
    int uses = from.getShort() & 0xffff;
    Instant expiry = Instant.ofEpochSecond(Math.clamp(from.getLong(), 0, 1L << 40));
    int count = from.get();
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      addresses.add(WireAddress.decode(ByteString.copyFrom(take(from, from.get()))));
    }
    if (from.hasRemaining()) {
      throw new IllegalArgumentException("more bytes than a ticket has");
    }
    return new Ticket(group, inviter, addresses, token, uses, expiry);
  }

  private static byte[] take(ByteBuffer from, int count) {
    if (count < 0) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[count];
    from.get(bytes);
    return bytes;
  }

  /** Whether its time is over. */
  public boolean expired(Instant now) {
    return !now.isBefore(expiry);
  }

  /** The line to hand to the other person. Whoever has it can join. */
  public String text() {
    ByteBuffer bytes =
        ByteBuffer.allocate(FIXED_BYTES + addresses.size() * 19 + CHECK_BYTES)
            .put(VERSION)
            .put(group.bytes())
            .put(inviter.bytes())
            .put(token.asReadOnlyByteBuffer())
            .putShort((short) uses)
            .putLong(expiry.getEpochSecond())
            .put((byte) addresses.size());
    for (InetSocketAddress address : addresses) {
      ByteString encoded = WireAddress.encode(address);
      bytes.put((byte) encoded.size()).put(encoded.asReadOnlyByteBuffer());
    }
    bytes.put(check(bytes.array(), bytes.position()), 0, CHECK_BYTES);
    return base32(Arrays.copyOf(bytes.array(), bytes.position()));
  }

  /** Never the token: use {@link #text} where the ticket itself is meant. */
  @Override
  public String toString() {
    return "ticket into group " + group.brief() + " by node " + inviter.brief();
  }

  private static byte[] check(byte[] bytes, int length) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(CONTEXT);
      sha256.update(bytes, 0, length);
      return sha256.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  // RFC 4648 base32, lower case, without padding.
  private static String base32(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    int bits = 0;
    int pending = 0;
    for (byte b : bytes) {
      pending = (pending << 8) | (b & 0xff);
      for (bits += 8; bits >= 5; bits -= 5) {
        text.append(ALPHABET.charAt((pending >>> (bits - 5)) & 31));
      }
      pending &= (1 << bits) - 1;
    }
    return bits == 0
        ? text.toString()
        : text.append(ALPHABET.charAt((pending << (5 - bits)) & 31)).toString();
  }

  private static byte[] unbase32(String text) throws TicketException {
    if (text.length() > CHARS_MAX) {
      throw new TicketException("this is too long for a ticket; copy it again");
    }
    ByteBuffer bytes = ByteBuffer.allocate(text.length() * 5 / 8);
    int bits = 0;
    int pending = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = ALPHABET.indexOf(text.charAt(i));
      if (digit < 0) {
        throw new TicketException("this is not a ticket; a ticket has only a-z and 2-7");
      }
      pending = (pending << 5) | digit;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        bytes.put((byte) (pending >>> bits));
        pending &= (1 << bits) - 1;
      }
    }
    if (pending != 0 || bits >= 5) {
      throw new TicketException("the ticket is mistyped or cut short; copy it again");
    }
    return bytes.array();
  }
}
