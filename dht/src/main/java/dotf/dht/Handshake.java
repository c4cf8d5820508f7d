package dotf.dht;

import com.google.protobuf.ByteString;
import dotf.dht.group.DeviceCertificate;
import dotf.dht.group.GroupKeys;
import dotf.dht.group.GroupKeys.Role;
import dotf.dht.group.MemberTable;
import dotf.dht.group.NodeRecord;
import dotf.dht.group.Ticket;
import dotf.dht.group.TicketException;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import dotf.dht.session.Session;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.Messages;
import dotf.dht.wire.WireAddress;
import dotf.dht.wire.proto.Error;
import dotf.dht.wire.proto.Hello;
import dotf.dht.wire.proto.Join;
import dotf.dht.wire.proto.Joined;
import dotf.dht.wire.proto.Node;
import dotf.dht.wire.proto.Pex;
import dotf.dht.wire.proto.Proof;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What two nodes say before anything else: both HELLO, then the dialer's PROOF or JOIN, then the
 * acceptor's PROOF, then from each a PEX and a NODE. Until the peer has proved to be in our group
 * it learns nothing but our NodeId.
 */
final class Handshake {
  private static final Logger LOG = LoggerFactory.getLogger(Handshake.class);
  private static final int VERSION = 1;
  private static final String NOT_IN_GROUP = "you are not in my group";
  private static final Duration LIMIT = Duration.ofSeconds(9);
  private static final Duration CLOCK_TOLERANCE = Duration.ofMinutes(10);

  private final Membership membership;
  private final SecureRandom random;
  private final InstantSource clock;
  private final Duration limit;

  /**
   * What came of it.
   *
   * @param record the peer's newest
   * @param owner the vault that it acts for
   * @param changed members that we had not known so
   */
  record Met(NodeRecord record, PublicKey owner, Set<NodeId> changed) {}

  Handshake(Membership membership, SecureRandom random, InstantSource clock) {
    this(membership, random, clock, LIMIT);
  }

  Handshake(Membership membership, SecureRandom random, InstantSource clock, Duration limit) {
    this.limit = limit;
    this.membership = membership;
    this.random = random;
    this.clock = clock;
  }

  /** The peer is not in our group, or not any more. */
  static final class StrangerException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What it told of our group before, such as that it left. */
    private final transient Set<NodeId> changed;

    StrangerException(String message, Set<NodeId> changed) {
      super(message);
      this.changed = changed;
    }

    Set<NodeId> changed() {
      return changed;
    }
  }

  /**
   * Shakes hands.
   *
   * @return null when the peer came to join, and has joined: it will come again
   * @throws StrangerException when the peer is of another group, or was removed from ours
   */
  @Nullable Met run(Session session) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    if (session.peer().equals(membership.self())) {
      throw new IOException("that is this node itself");
    }
    byte[] ownNonce = sendHello(session);
    byte[] peerNonce = awaitHello(session, deadline);
    Role role = session.link().dialed() ? Role.DIALER : Role.ACCEPTOR;
    if (role == Role.DIALER) {
      sendProof(session, role, peerNonce, ownNonce);
    }
    Frame answer = session.control().next(left(deadline));
    if (role == Role.ACCEPTOR && answer.type() == FrameType.JOIN) {
      admit(session, Messages.parse(Join.parser(), answer));
      return null;
    }
    checkProof(session, role, answer, ownNonce, peerNonce);
    session.proved();
    if (role == Role.ACCEPTOR) {
      sendProof(session, role, peerNonce, ownNonce);
    }
    MemberTable table = membership.table();
    if (table.removedBy(session.peer()) != null) {
      session.send(FrameType.PEX, table.notice(session.peer()));
      throw refuse(session, "it was removed from our group", "you are not in my group any more");
    }
    table.pex().forEach(pex -> session.send(FrameType.PEX, pex));
    sendNode(session);
    return awaitNode(session, deadline);
  }

  /** Dials in to join: shows the ticket instead of a proof. */
  Joined join(Session session, Ticket ticket) throws IOException {
    long deadline = System.nanoTime() + limit.toNanos();
    sendHello(session);
    awaitHello(session, deadline);
    session.send(
        FrameType.JOIN,
        Join.newBuilder().setToken(ticket.token()).setRecord(membership.own().signed()).build());
    Frame answer = session.control().next(FrameType.JOINED, left(deadline));
    return Messages.parse(Joined.parser(), answer);
  }

  private void admit(Session session, Join join) throws IOException {
    try {
      session.send(FrameType.JOINED, membership.admit(join, session.peer()));
      LOG.info("node {} joined our group with a ticket of ours", session.peer().brief());
    } catch (TicketException e) {
      LOG.info("node {} could not join: {}", session.peer().brief(), e.getMessage());
      session.control().fail(Error.Code.TICKET, String.valueOf(e.getMessage()), Duration.ZERO);
    }
  }

  private byte[] sendHello(Session session) {
    byte[] nonce = new byte[GroupKeys.NONCE_BYTES];
    random.nextBytes(nonce);
    session.send(
        FrameType.HELLO,
        Hello.newBuilder().setVersion(VERSION).setNonce(ByteString.copyFrom(nonce)).build());
    return nonce;
  }

  private static byte[] awaitHello(Session session, long deadline) throws IOException {
    Frame frame = session.control().next(FrameType.HELLO, left(deadline));
    byte[] nonce = Messages.parse(Hello.parser(), frame).getNonce().toByteArray();
    if (nonce.length != GroupKeys.NONCE_BYTES) {
      throw new MalformedFrameException("a nonce of " + nonce.length + " bytes");
    }
    return nonce;
  }

  private void sendProof(Session session, Role role, byte[] peerNonce, byte[] ownNonce) {
    byte[] proof =
        membership
            .table()
            .group()
            .proof(role, membership.self(), session.peer(), peerNonce, ownNonce);
    session.send(FrameType.PROOF, Proof.newBuilder().setProof(ByteString.copyFrom(proof)).build());
  }

  private void checkProof(
      Session session, Role role, Frame answer, byte[] ownNonce, byte[] peerNonce)
      throws IOException {
    if (answer.type() != FrameType.PROOF) {
      throw new MalformedFrameException("type " + answer.code() + " where PROOF belongs");
    }
    byte[] proof = Messages.parse(Proof.parser(), answer).getProof().toByteArray();
    NodeId peer = session.peer();
    if (!membership
        .table()
        .group()
        .proves(proof, role.other(), peer, membership.self(), ownNonce, peerNonce)) {
      throw refuse(session, "it is not in our group", NOT_IN_GROUP);
    }
  }

  private static StrangerException refuse(Session session, String why, String said) {
    return refuse(session, why, said, Set.of());
  }

  private static StrangerException refuse(
      Session session, String why, String said, Set<NodeId> changed) {
    session.control().fail(Error.Code.NOT_MEMBER, said, Duration.ZERO);
    return new StrangerException(
        "refused node " + session.peer().brief() + " at " + session.link().remote() + ": " + why,
        changed);
  }

  private void sendNode(Session session) throws IOException {
    session.send(
        FrameType.NODE,
        Node.newBuilder()
            .setRecord(membership.own().signed())
            .setDevice(membership.device().signed())
            .setClock(clock.millis())
            .setObserved(WireAddress.encode(session.link().remote()))
            .build());
  }

  private Met awaitNode(Session session, long deadline) throws IOException {
    MemberTable table = membership.table();
    Set<NodeId> changed = new HashSet<>();
    Frame frame = session.control().next(left(deadline));
    while (frame.type() == FrameType.PEX) {
      Pex pex = Messages.parse(Pex.parser(), frame);
      changed.addAll(table.merge(pex, table.contains(session.peer())));
      frame = session.control().next(left(deadline));
    }
    if (frame.type() != FrameType.NODE) {
      throw new MalformedFrameException("type " + frame.code() + " where NODE belongs");
    }
    Node node = Messages.parse(Node.parser(), frame);
    NodeRecord record = NodeRecord.parse(node.getRecord());
    DeviceCertificate device = DeviceCertificate.parse(node.getDevice());
    if (!record.node().equals(session.peer()) || !device.device().equals(session.peer())) {
      throw new MalformedFrameException("a NODE that speaks for another node");
    }
    if (!table.contains(session.peer())) {
      throw refuse(
          session, "nobody we know has admitted it, or it has left", NOT_IN_GROUP, changed);
    }
    if (table.put(record)) {
      changed.add(record.node());
    }
    Duration off = Duration.ofMillis(node.getClock() - clock.millis());
    if (off.abs().compareTo(CLOCK_TOLERANCE) > 0) {
      LOG.warn("node {}'s clock differs from ours by {}", session.peer().brief(), off);
    }
    return new Met(record, device.owner(), changed);
  }

  private static Duration left(long deadline) throws SocketTimeoutException {
    long left = deadline - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException("the peer took too long to introduce itself");
    }
    return Duration.ofNanos(left);
  }
}
