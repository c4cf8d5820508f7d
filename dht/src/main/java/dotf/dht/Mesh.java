package dotf.dht;

import com.google.protobuf.MessageLite;
import dotf.dht.Handshake.Met;
import dotf.dht.group.NodeRecord;
import dotf.dht.identity.NodeId;
import dotf.dht.net.Link.Traffic;
import dotf.dht.net.Transport;
import dotf.dht.session.PeerErrorException;
import dotf.dht.session.Session;
import dotf.dht.session.Stream;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import dotf.dht.wire.proto.Error;
import dotf.dht.wire.proto.GoAway;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to the other members: accepts theirs, and dials those that are not connected,
 * with back-off. Two nodes that dial each other at once keep both connections; the third to one
 * node ends the oldest.
 */
final class Mesh implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Mesh.class);
  private static final int CONNECTIONS_PER_NODE = 2;
  private static final Duration DIAL_LIMIT = Duration.ofSeconds(15);
  private static final Duration BACKOFF_MIN = Duration.ofSeconds(1);
  private static final Duration BACKOFF_MAX = Duration.ofSeconds(60);
  private static final Duration PING_AFTER = Duration.ofSeconds(15);
  private static final Duration SILENCE_MAX = Duration.ofSeconds(40);

  private final Membership membership;
  private final Transport transport;
  private final Handshake handshake;
  private final Executor workers;
  private final RandomGenerator random;

  private final Map<NodeId, Contact> contacts = new HashMap<>();
  private boolean closed;
  private volatile @Nullable Protocol protocol;

  /** What the node does with what arrives; every call on a worker. */
  interface Protocol {
    /** A member is here; {@code first} when it was not connected before. */
    void met(Session session, Met met, boolean first);

    /** A node came with a ticket of ours; when it was admitted, everybody should know. */
    void admitted(NodeId node);

    /** A node is not of our group, and may have told that it left, or that others did. */
    void refused(NodeId node, Set<NodeId> changed);

    /** A node says that we are not of its group. */
    void refusedBy(NodeId node);

    /** A member's last connection is gone. */
    void lost(NodeId node);

    /** A message of stream 0. */
    void control(Session session, Frame frame) throws IOException;

    /** A request. */
    void request(Stream stream, Met from, Frame request);
  }

  /** What we have with one other node. Guarded by the mesh. */
  private static final class Contact {
    final List<Session> sessions = new ArrayList<>();
    final Meter meter = new Meter();
    @Nullable Met met;
    boolean dialing;
    int failures;
    long nextDial = System.nanoTime();
    @Nullable InetSocketAddress seenFrom;
  }

  Mesh(
      Membership membership,
      Transport transport,
      Handshake handshake,
      Executor workers,
      RandomGenerator random) {
    this.membership = membership;
    this.transport = transport;
    this.handshake = handshake;
    this.workers = workers;
    this.random = random;
  }

  /** Listens, from now on handing what arrives to the protocol; the port in use. */
  int start(Protocol upper, InetAddress address, int port) throws IOException {
    protocol = upper;
    return transport.listen(address, port, () -> new Session(new Meeting(upper), workers));
  }

  /** One link's life, from its handshake to its end. */
  private final class Meeting implements Session.Events {
    private final Protocol protocol;
    private final CompletableFuture<NodeId> met = new CompletableFuture<>();

    Meeting(Protocol protocol) {
      this.protocol = protocol;
    }

    @Override
    public void run(Session session) {
      try {
        Met found = handshake.run(session);
        if (found == null) {
          protocol.admitted(session.peer());
          session.link().close();
          return;
        }
        boolean first = enter(session, found);
        met.complete(session.peer());
        protocol.met(session, found, first);
        handleControl(session);
      } catch (IOException e) {
        logEnd(session, e);
        met.completeExceptionally(e);
        session.fail(e);
        tell(session, e);
      } catch (RuntimeException e) {
        LOG.error("connection with node {} failed", session.peer().brief(), e);
        met.completeExceptionally(e);
        session.fail(e);
      }
    }

    private void tell(Session session, IOException e) {
      if (e instanceof Handshake.StrangerException stranger) {
        protocol.refused(session.peer(), stranger.changed());
      } else if (e instanceof PeerErrorException error && error.code() == Error.Code.NOT_MEMBER) {
        protocol.refusedBy(session.peer());
      }
    }

    private void handleControl(Session session) throws IOException {
      session.ping();
      while (true) {
        try {
          protocol.control(session, session.control().next(PING_AFTER));
        } catch (SocketTimeoutException idle) {
          if (session.silence().compareTo(SILENCE_MAX) > 0) {
            throw new IOException("the peer has gone silent", idle);
          }
          session.ping();
        } catch (PeerErrorException e) {
          LOG.info("node {}: {}", session.peer().brief(), e.getMessage());
          tell(session, e);
        }
      }
    }

    private void logEnd(Session session, IOException e) {
      if (e instanceof Handshake.StrangerException) {
        LOG.info("{}", e.getMessage());
      } else if (!session.isReady()) {
        LOG.debug("no connection with {}: {}", session.link().remote(), e.getMessage());
      } else {
        LOG.info("connection with node {} ends: {}", session.peer().brief(), e.getMessage());
      }
    }

    @Override
    public void request(Stream stream, Frame request) {
      Met from = metOf(stream.session());
      if (from != null) {
        protocol.request(stream, from, request);
      }
    }

    @Override
    public void closed(Session session, @Nullable Exception cause) {
      if (session.wasOpened()) {
        // run() sees the end too, after what arrived before it.
        leave(session, protocol);
      } else {
        met.completeExceptionally(cause != null ? cause : new IOException("no answer"));
      }
    }
  }

  private Meeting meeting() {
    Protocol upper = protocol;
    if (upper == null) {
      throw new IllegalStateException("not started");
    }
    return new Meeting(upper);
  }

  private synchronized @Nullable Met metOf(Session session) {
    Contact contact = contacts.get(session.peer());
    return contact == null ? null : contact.met;
  }

  private synchronized boolean enter(Session session, Met met) throws IOException {
    if (closed) {
      throw new IOException("this node is stopping");
    }
    Contact contact = contacts.computeIfAbsent(session.peer(), node -> new Contact());
    boolean first = contact.sessions.isEmpty();
    contact.sessions.add(session);
    contact.met = met;
    contact.failures = 0;
    contact.seenFrom = session.link().remote();
    session.ready();
    if (contact.sessions.size() > CONNECTIONS_PER_NODE) {
      contact.sessions.getFirst().fail(new IOException("a newer connection takes its place"));
    }
    return first;
  }

  private void leave(Session session, Protocol upper) {
    synchronized (this) {
      Contact contact = contacts.get(session.peer());
      if (contact == null || !contact.sessions.remove(session)) {
        return;
      }
      contact.meter.ended(session.link().traffic());
      if (!contact.sessions.isEmpty()) {
        return;
      }
      contact.nextDial = System.nanoTime();
    }
    upper.lost(session.peer());
  }

  /** The newest connection with a member, or null. */
  synchronized @Nullable Session find(NodeId node) {
    Contact contact = contacts.get(node);
    if (contact == null) {
      return null;
    }
    return contact.sessions.reversed().stream().filter(Session::isReady).findFirst().orElse(null);
  }

  /** The newest connection with a member. */
  Session session(NodeId node) throws PeerUnreachableException {
    Session session = find(node);
    if (session == null) {
      throw new PeerUnreachableException(
          "node " + node.brief() + " is not connected; it is tried again and again");
    }
    return session;
  }

  /** One connection with every member that is connected. */
  List<Session> sessions() {
    List<NodeId> nodes;
    synchronized (this) {
      nodes = List.copyOf(contacts.keySet());
    }
    return nodes.stream().map(this::find).filter(session -> session != null).toList();
  }

  /** Tells every member that is connected, but one, whom we know. */
  void spread(@Nullable NodeId except) {
    membership.table().pex().forEach(pex -> broadcast(FrameType.PEX, pex, except));
  }

  /** Sends to every member that is connected, but one. */
  void broadcast(FrameType type, MessageLite message, @Nullable NodeId except) {
    for (Session session : sessions()) {
      if (except == null || !session.peer().equals(except)) {
        session.send(type, message);
      }
    }
  }

  /** Ends the connections with a node, after what was sent to it. */
  void end(NodeId node, String reason) {
    List<Session> open;
    synchronized (this) {
      Contact contact = contacts.get(node);
      open = contact == null ? List.of() : List.copyOf(contact.sessions);
    }
    end(open, reason);
  }

  /** As {@link #end} with every node. */
  void endAll(String reason) {
    end(open(), reason);
  }

  private synchronized List<Session> open() {
    return contacts.values().stream().flatMap(contact -> contact.sessions.stream()).toList();
  }

  private static void end(List<Session> sessions, String reason) {
    for (Session session : sessions) {
      session.send(FrameType.GOAWAY, GoAway.newBuilder().setReason(reason).build());
      session.fail(new IOException(reason));
    }
  }

  /** Dials whoever answers, and says who that is. */
  Answer tryOut(InetSocketAddress address) throws IOException {
    return dial(address, null);
  }

  private Answer dial(InetSocketAddress address, @Nullable NodeId expected) throws IOException {
    Meeting meeting = meeting();
    Session session = new Session(meeting, workers);
    transport.dial(address, expected, session);
    @Nullable Throwable cause;
    try {
      return new Answer(meeting.met.get(DIAL_LIMIT.toMillis(), TimeUnit.MILLISECONDS), true);
    } catch (ExecutionException e) {
      cause = e.getCause();
      if (cause instanceof Handshake.StrangerException || cause instanceof PeerErrorException) {
        return new Answer(session.peer(), false);
      }
    } catch (TimeoutException e) {
      cause = new IOException("no answer within " + DIAL_LIMIT.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cause = new IOException("interrupted", e);
    }
    session.fail(new IOException("dialling is over"));
    throw new PeerUnreachableException(
        "no node answers at " + text(address) + (cause == null ? "" : ": " + cause.getMessage()),
        cause);
  }

  static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  /** Connects with a member now, unless it is connected. */
  Session reach(NodeId node) throws IOException {
    Session session = find(node);
    if (session == null) {
      dialAddresses(node);
      session = session(node);
    }
    return session;
  }

  /** Once a second: dials members whose time has come, and measures. */
  void tick() {
    List<NodeId> due = new ArrayList<>();
    synchronized (this) {
      if (closed) {
        return;
      }
      for (NodeId node : membership.others()) {
        Contact contact = contacts.computeIfAbsent(node, any -> new Contact());
        contact.meter.sample(traffic(contact));
        if (contact.sessions.isEmpty()
            && !contact.dialing
            && System.nanoTime() - contact.nextDial >= 0) {
          contact.dialing = true;
          due.add(node);
        }
      }
    }
    due.forEach(node -> workers.execute(() -> dial(node)));
  }

  private void dial(NodeId node) {
    try {
      dialAddresses(node);
    } catch (IOException e) {
      LOG.debug("node {} is not reachable: {}", node.brief(), e.getMessage());
    } finally {
      synchronized (this) {
        Contact contact = contacts.get(node);
        if (contact != null) {
          contact.dialing = false;
          contact.nextDial = System.nanoTime() + backoff(contact.failures++).toNanos();
        }
      }
    }
  }

  private Duration backoff(int failures) {
    long millis =
        Math.min(BACKOFF_MAX.toMillis(), BACKOFF_MIN.toMillis() << Math.min(failures, 10));
    return Duration.ofMillis(millis * 3 / 4 + random.nextLong(millis / 2));
  }

  /** New addresses of a member: tries them at once. */
  synchronized void retrySoon(NodeId node) {
    Contact contact = contacts.get(node);
    if (contact != null) {
      contact.failures = 0;
      contact.nextDial = System.nanoTime();
    }
  }

  private void dialAddresses(NodeId node) throws IOException {
    IOException last = new PeerUnreachableException("no address of node " + node.brief());
    for (InetSocketAddress address : addresses(node)) {
      if (find(node) != null) {
        return;
      }
      try {
        if (dial(address, node).member()) {
          return;
        }
        last = new PeerUnreachableException("node " + node.brief() + " left our group");
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  /** Where it says it listens, then where it was seen, at the port that it listens on. */
  private Set<InetSocketAddress> addresses(NodeId node) {
    Set<InetSocketAddress> addresses = new LinkedHashSet<>();
    NodeRecord record = membership.table().node(node);
    if (record != null) {
      addresses.addAll(record.addresses());
      InetSocketAddress seen;
      synchronized (this) {
        Contact contact = contacts.get(node);
        seen = contact == null ? null : contact.seenFrom;
      }
      if (seen != null && !record.addresses().isEmpty()) {
        int port = record.addresses().getFirst().getPort();
        addresses.add(new InetSocketAddress(seen.getAddress(), port));
      }
    }
    return addresses;
  }

  /** How it stands with a member. */
  synchronized Peer peer(NodeId node) {
    Contact contact = contacts.computeIfAbsent(node, any -> new Contact());
    Session session = find(node);
    NodeRecord record = membership.table().node(node);
    Traffic total = contact.meter.total(traffic(contact));
    InetSocketAddress listens =
        record == null || record.addresses().isEmpty() ? null : record.addresses().getFirst();
    return new Peer(
        node,
        session == null ? listens : session.link().remote(),
        session != null,
        total.sent(),
        total.received(),
        contact.meter.sentPerSecond(),
        contact.meter.receivedPerSecond(),
        session == null ? null : session.roundTrip(),
        record == null ? "" : record.version(),
        record != null && record.leaving(),
        contact.met == null ? null : contact.met.owner());
  }

  private static List<Traffic> traffic(Contact contact) {
    return contact.sessions.stream().map(session -> session.link().traffic()).toList();
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    endAll("this node is stopping");
    transport.close();
  }
}
