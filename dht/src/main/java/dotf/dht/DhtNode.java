package dotf.dht;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.Directory;
import dotf.dht.group.GroupId;
import dotf.dht.group.HeadRecord;
import dotf.dht.group.HeadTable;
import dotf.dht.group.IssuedTicket;
import dotf.dht.group.NodeRecord;
import dotf.dht.group.Placement;
import dotf.dht.group.Receipt;
import dotf.dht.group.StoreId;
import dotf.dht.group.Ticket;
import dotf.dht.group.TicketException;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.PublicKey;
import dotf.dht.identity.Signer;
import dotf.dht.lock.BlockLocks;
import dotf.dht.net.LocalAddresses;
import dotf.dht.net.PortHolder;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This machine as the network sees it: its group, the connections to the other members, the blocks
 * that go to and come from them, and the heads of journals. Safe for use by many threads; calls
 * wait for the network, each with a limit of its own, and are meant for virtual threads.
 */
public final class DhtNode implements Closeable {
  /** Blocks in one {@link #push} or {@link #have}, at most. */
  public static final int BATCH_MAX = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(DhtNode.class);
  private static final long OFFER_UNKNOWN = 1L << 30;
  private static final int ADDRESS_CHECK_TICKS = 60;
  private static final Duration TICKET_LIFE_MAX = Duration.ofDays(365);

  private final NodeParts parts;
  private final Membership membership;
  private final HeadTable headTable;
  private final Joining joining;
  private final Mesh mesh;
  private final BlockExchange exchange;
  private final Fetching fetching;
  private final HeadGossip heads;
  private final Auditing auditing;
  private final BlockLocks locks;
  private final Locking locking;
  private final DialingBack dialingBack;
  private final Removing removing;
  private final int port;
  private final ScheduledFuture<?> ticking;
  private final @Nullable String portHolder;
  private volatile long offer;
  private volatile boolean leaving;
  private int ticks;

  /**
   * Makes what a new node needs and does not have yet: its key, the vault's certificate for it, a
   * group of one. Does nothing where it is all there.
   *
   * @param vault signs with the vault key
   * @return the node's id
   */
  public static NodeId create(
      Directory keys, Directory journal, Signer vault, SecureRandom random, InstantSource clock)
      throws IOException {
    return Membership.create(keys, journal, vault, random, clock);
  }

  /**
   * The key of the node whose files {@link #create} made: what signs this device's journal.
   *
   * @throws IOException when it cannot be read
   */
  public static NodeIdentity identity(Directory keys) throws IOException {
    return Membership.identity(keys);
  }

  /**
   * Opens the node, listens, and begins to connect with the members that it knows.
   *
   * @throws IOException when its files cannot be read, or no port is free
   */
  public static DhtNode open(NodeParts parts) throws IOException {
    Membership membership = Membership.open(parts.keys(), parts.journal(), parts.clock());
    try {
      return new DhtNode(parts, membership);
    } catch (IOException | RuntimeException e) {
      membership.close();
      throw e;
    }
  }

  private DhtNode(NodeParts parts, Membership membership) throws IOException {
    this.parts = parts;
    this.membership = membership;
    this.offer = parts.settings().offer();
    headTable = HeadTable.open(parts.journal());
    var handshake = new Handshake(membership, parts.random(), parts.clock());
    var transport = parts.transport().apply(membership.identity());
    mesh = new Mesh(membership, transport, handshake, parts.workers(), parts.random());
    joining = new Joining(transport, handshake, parts.workers());
    exchange = new BlockExchange(membership, parts.host());
    heads = new HeadGossip(mesh, headTable, parts.workers(), parts.listener()::headChanged);
    var wants =
        new Wants(mesh, membership, parts.host(), parts.clock(), parts.random(), parts.workers());
    fetching = new Fetching(mesh, exchange, wants, this::holdersFor);
    locks = new BlockLocks(id(), parts.host()::contains, System::nanoTime, parts.clock());
    removing =
        new Removing(membership, mesh, parts.random(), parts.listener(), this::newGroupBegun);
    var serving = new BlockServing(membership, parts.host(), parts.listener(), parts.clock());
    auditing = new Auditing(parts.host(), parts.random());
    locking = new Locking(locks);
    dialingBack = new DialingBack(transport);
    var protocol =
        new NodeProtocol(
            membership,
            parts.listener(),
            serving,
            mesh,
            heads,
            wants,
            auditing,
            locking,
            dialingBack,
            removing::refused);
    try {
      if (membership.hasLeft() && membership.others().isEmpty()) {
        membership.foundAnew(parts.random());
      }
      port = mesh.start(protocol, parts.settings().bind(), parts.settings().port());
      announce();
    } catch (IOException | RuntimeException e) {
      transport.close();
      headTable.close();
      throw e;
    }
    int wanted = parts.settings().port();
    portHolder = wanted == 0 || wanted == port ? null : PortHolder.of(wanted);
    ticking = parts.timer().scheduleWithFixedDelay(this::tick, 0, 1, TimeUnit.SECONDS);
  }

  private void tick() {
    try {
      mesh.tick();
      if (++ticks % ADDRESS_CHECK_TICKS == 0) {
        parts.workers().execute(this::checkAddresses);
      }
    } catch (RuntimeException e) {
      LOG.error("the node's clockwork failed", e);
    }
  }

  private void checkAddresses() {
    try {
      announce();
    } catch (IOException e) {
      LOG.warn("cannot note this machine's addresses: {}", e.getMessage());
    }
  }

  /** Tells the others when our addresses, offer or store have changed. */
  private synchronized void announce() throws IOException {
    boolean changed =
        membership.announce(
            LocalAddresses.of(parts.settings().bind(), port),
            offer,
            StoreId.of(parts.host().storeId()),
            parts.settings().version(),
            leaving);
    if (changed) {
      mesh.spread(null);
    }
  }

  /** Our id. */
  public NodeId id() {
    return membership.self();
  }

  /** Signs as this node: what a device says of its vault, such as its journal. */
  public Signer signer() {
    return membership.identity().signer();
  }

  /** The port that we listen on; not the one that was wanted when that was taken. */
  public int port() {
    return port;
  }

  /** Who holds the port that was wanted, in words; null when we have it, or it cannot be told. */
  public @Nullable String portHolder() {
    return portHolder;
  }

  /** The vault that we act for. */
  public PublicKey owner() {
    return membership.device().owner();
  }

  /** Our group as it is now. */
  public Group group() {
    return new Group(
        membership.table().group().id(), membership.others().stream().map(this::member).toList());
  }

  private Member member(NodeId node) {
    NodeRecord record = membership.table().node(node);
    return new Member(
        node,
        record == null ? OFFER_UNKNOWN : record.offer(),
        record == null ? null : record.store(),
        record == null ? List.of() : record.addresses(),
        isConnected(node),
        record != null && record.leaving());
  }

  /** Every other member and how it stands with it. */
  public List<Peer> peers() {
    return membership.others().stream().map(mesh::peer).toList();
  }

  /** Whether a member is connected now. */
  public boolean isConnected(NodeId node) {
    return mesh.find(node) != null;
  }

  /** Sets what we offer to the group, in bytes, and tells the others. */
  public void offer(long bytes) throws IOException {
    offer = bytes;
    announce();
  }

  /**
   * Makes a ticket into our group.
   *
   * @param uses how many nodes may join with it, 1 to 65,535
   * @param life until it expires, at most a year
   */
  public Ticket invite(int uses, Duration life) throws IOException {
    if (uses < 1
        || uses > Ticket.USES_MAX
        || life.isNegative()
        || life.isZero()
        || life.compareTo(TICKET_LIFE_MAX) > 0) {
      throw new TicketException("a ticket is for 1 to 65535 uses and lives at most a year");
    }
    byte[] token = new byte[Ticket.TOKEN_BYTES];
    parts.random().nextBytes(token);
    Instant now = parts.clock().instant();
    Ticket ticket =
        Ticket.of(
            membership.table().group().id(),
            id(),
            membership.own().addresses(),
            token,
            uses,
            now.plus(life));
    membership.tickets().issue(ticket, now);
    return ticket;
  }

  /** The tickets that this node has issued, those that expired lately included. */
  public List<IssuedTicket> tickets() {
    return membership.tickets().list(parts.clock().instant());
  }

  /**
   * Makes a ticket useless from now on.
   *
   * @param id as {@link #tickets} shows it
   * @throws TicketException when no ticket has this id
   */
  public void revoke(String id) throws IOException {
    membership.tickets().revoke(id);
  }

  /**
   * Leaves our group of one and joins the ticket's; on return the inviting node is connected,
   * unless it has just gone.
   *
   * @return the group joined
   * @throws GroupNotEmptyException when our group has other members
   * @throws TicketException when the ticket is wrong, expired or used up
   * @throws PeerUnreachableException when the inviting node does not answer
   */
  public GroupId join(Ticket ticket) throws IOException {
    if (ticket.group().equals(membership.table().group().id())) {
      throw new TicketException("this node is in that group already");
    }
    if (!membership.others().isEmpty()) {
      throw new GroupNotEmptyException(membership.others().size());
    }
    if (ticket.expired(parts.clock().instant())) {
      throw new TicketException("the ticket has expired; ask for a new one");
    }
    membership.enter(ticket, joining.ask(ticket));
    LOG.info("joined group {}", ticket.group().brief());
    announce();
    try {
      mesh.reach(ticket.inviter());
    } catch (IOException e) {
      LOG.info("joined, and tries again to connect: {}", e.getMessage());
    }
    parts.listener().membersChanged();
    return ticket.group();
  }

  /**
   * Removes a member from our group for good, and tells the others. It may be one that is lost.
   *
   * @throws IllegalArgumentException when it is no other member
   */
  public void remove(NodeId node) throws IOException {
    removing.remove(node);
  }

  /** Whether we are not of our group any more, since another member removed us, or we left. */
  public boolean isRemoved() {
    return membership.isRemoved();
  }

  /**
   * Tells the members that we are to leave, or not any more: they count on our copies no longer,
   * and we take no more blocks. A start begins without it.
   */
  public void leaving(boolean wish) throws IOException {
    leaving = wish;
    announce();
  }

  /**
   * Asks a member which blocks, all of its vault, we need not hold any longer. It answers for those
   * that have enough other holders, and sees to the others.
   *
   * @param addresses 1 to {@link #BATCH_MAX}
   * @return bit i: block i
   * @throws PeerUnreachableException when the member is not connected
   */
  public BitSet handOver(NodeId owner, List<BlockAddress> addresses) throws IOException {
    checkBatch(addresses);
    return exchange.handOver(mesh.session(owner), addresses);
  }

  /**
   * Leaves our group for good, and founds a new one of our own. Whoever is connected is told; the
   * others hear of it from those. Killed on the way, we go on leaving as soon as we can tell
   * somebody, or have not left.
   */
  public void leave() throws IOException {
    removing.leave();
  }

  private void newGroupBegun() throws IOException {
    leaving = false;
    announce();
  }

  /**
   * Tries an address by hand.
   *
   * @throws PeerUnreachableException when no node answers there
   */
  public Answer connect(String host, int atPort) throws IOException {
    InetSocketAddress address = resolved(host, atPort);
    return mesh.tryOut(address);
  }

  private static InetSocketAddress resolved(String host, int atPort) throws IOException {
    if (atPort < 1 || atPort > 0xffff) {
      throw new PeerUnreachableException("a port is 1 to 65535, not " + atPort);
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), atPort);
    } catch (UnknownHostException e) {
      throw new PeerUnreachableException("no machine is called " + host, e);
    }
  }

  /**
   * All other members, connected or not, in the order in which they should hold the block. The
   * order depends on the members and what they offer, on nothing else.
   */
  public List<NodeId> holdersFor(BlockAddress block) {
    Map<NodeId, Long> offers = new HashMap<>();
    membership.others().forEach(node -> offers.put(node, member(node).offer()));
    return Placement.order(block, offers);
  }

  /**
   * Which of the blocks a member says it has; bit i stands for address i. A hint, not a proof.
   *
   * @param addresses 1 to {@link #BATCH_MAX}
   */
  public BitSet have(NodeId holder, List<BlockAddress> addresses) throws IOException {
    checkBatch(addresses);
    return exchange.have(mesh.session(holder), addresses);
  }

  /**
   * Has a member hold blocks of the local store until a time: sends those that it does not have,
   * and returns its receipt for all of them, checked, once they are on its disk. Several calls at a
   * time share a connection.
   *
   * @param addresses 1 to {@link #BATCH_MAX}
   * @param until end of the lease, at most 400 days from now
   * @throws PeerUnreachableException when the member is not connected
   * @throws HoldingRefusedException when it will not
   * @throws IOException when the connection broke, a limit passed, or a block cannot be read here
   */
  public Receipt push(NodeId holder, List<BlockAddress> addresses, Instant until)
      throws IOException {
    checkBatch(addresses);
    return exchange.put(mesh.session(holder), addresses, until);
  }

  private static void checkBatch(List<?> blocks) {
    if (blocks.isEmpty() || blocks.size() > BATCH_MAX) {
      throw new IllegalArgumentException(
          "1 to " + BATCH_MAX + " blocks at a time, not " + blocks.size());
    }
  }

  /**
   * Has a member prove that blocks are on its disk: for each it must show a leaf that is picked at
   * random now.
   *
   * @param items 1 to {@link #BATCH_MAX}
   * @return the addresses proved; a wrong answer, or none, proves nothing
   * @throws PeerUnreachableException when the member is not connected
   * @throws IOException when the connection broke or a limit passed
   */
  public Set<BlockAddress> audit(NodeId holder, List<AuditItem> items) throws IOException {
    checkBatch(items);
    return auditing.ask(mesh.session(holder), items);
  }

  /**
   * Has a member lock blocks, which it then keeps whatever it is asked meanwhile, for {@link
   * dotf.dht.lock.Standing#LIFE}; to be relied on for {@link dotf.dht.lock.Standing#USE}, from the
   * moment before this call.
   *
   * @param blocks 1 to {@link #BATCH_MAX}
   * @return those that are locked now; after an exception any of them may be
   * @throws PeerUnreachableException when the member is not connected
   */
  public Set<BlockAddress> lock(NodeId holder, List<BlockAddress> blocks) throws IOException {
    checkBatch(blocks);
    return locking.lock(mesh.session(holder), blocks);
  }

  /** The locks that this node has given, and through which it asks for those of others. */
  public BlockLocks locks() {
    return locks;
  }

  /**
   * Asks a member to connect to the port that we listen on, at the address where it sees us.
   *
   * @throws PeerUnreachableException when the member is not connected
   * @throws IOException when it does not answer, or has just tried for us at another port
   */
  public Reachability dialBack(NodeId peer) throws IOException {
    return dialBack(peer, port);
  }

  Reachability dialBack(NodeId peer, int atPort) throws IOException {
    return dialingBack.ask(mesh.session(peer), atPort);
  }

  /**
   * Gets a block from the members: first the likely ones, nearest first, then the others that are
   * connected, then by asking everybody to ask on. Verified; wrong bytes count as none.
   *
   * @param likely nodes that may have it, such as those whose receipts say so; may be empty
   * @throws BlockMissingException when no member that can be reached now has it
   */
  public SealedBlock fetch(BlockAddress address, List<NodeId> likely) throws IOException {
    return fetching.fetch(address, likely);
  }

  /**
   * Keeps a head of our vault and puts it to every connected member.
   *
   * @return how many of them have it on disk now
   */
  public int putHead(HeadRecord head) throws IOException {
    return heads.put(head);
  }

  /** The newest head of each device of a vault that we or any connected member know. */
  public List<HeadRecord> heads(PublicKey vault) {
    return heads.of(vault);
  }

  /** Whether a receipt still counts: a member's, and of the store that it has now. */
  public boolean isValid(Receipt receipt) {
    NodeRecord record = membership.table().node(receipt.holder());
    return receipt.group().equals(membership.table().group().id())
        && membership.table().contains(receipt.holder())
        && record != null
        && record.store().equals(receipt.store());
  }

  /** Ends all connections. The parts are closed by whoever made them. */
  @Override
  public void close() throws IOException {
    ticking.cancel(false);
    mesh.close();
    headTable.close();
    membership.close();
  }
}
