package dotf.dht;

import com.google.protobuf.ByteString;
import dotf.chunker.disk.Directory;
import dotf.dht.group.DeviceCertificate;
import dotf.dht.group.GroupKeys;
import dotf.dht.group.MemberTable;
import dotf.dht.group.NodeRecord;
import dotf.dht.group.StoreId;
import dotf.dht.group.Ticket;
import dotf.dht.group.TicketBook;
import dotf.dht.group.TicketException;
import dotf.dht.identity.KeyFile;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.Signer;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.proto.Join;
import dotf.dht.wire.proto.Joined;
import dotf.dht.wire.proto.Pex;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;

/**
 * Who we are and whom we know, on disk: {@code keys/node}, {@code keys/device}, {@code keys/group},
 * and the logs {@code members} and {@code tickets}.
 */
final class Membership implements Closeable {
  private static final KeyFile NODE = new KeyFile("node", "DOTF-NOD");
  private static final KeyFile DEVICE = new KeyFile("device", "DOTF-DEV");

  private final Directory keys;
  private final Directory journal;
  private final InstantSource clock;
  private final NodeIdentity identity;
  private final DeviceCertificate device;
  private final TicketBook tickets;
  private volatile MemberTable table;

  private Membership(
      Directory keys,
      Directory journal,
      InstantSource clock,
      NodeIdentity identity,
      DeviceCertificate device,
      TicketBook tickets,
      MemberTable table) {
    this.keys = keys;
    this.journal = journal;
    this.clock = clock;
    this.identity = identity;
    this.device = device;
    this.tickets = tickets;
    this.table = table;
  }

  /** Makes what is missing: a node key, the vault's certificate for it, a group of one. */
  static NodeId create(
      Directory keys, Directory journal, Signer vault, SecureRandom random, InstantSource clock)
      throws IOException {
    if (!NODE.exists(keys)) {
      NODE.write(keys, NodeIdentity.generate(random).seed());
    }
    NodeIdentity identity = identity(keys);
    if (!DEVICE.exists(keys)) {
      DEVICE.write(keys, DeviceCertificate.issue(vault, identity.id()).encoded());
    }
    if (!GroupKeys.exist(keys)) {
      found(keys, journal, identity, random, clock).close();
    }
    return identity.id();
  }

  /** Founds a group: first its member is durable, then its keys are. */
  private static MemberTable found(
      Directory keys,
      Directory journal,
      NodeIdentity identity,
      SecureRandom random,
      InstantSource clock)
      throws IOException {
    GroupKeys group = GroupKeys.found(random);
    MemberTable table = MemberTable.open(journal, group);
    try {
      table.found(identity, clock.instant());
      group.write(keys);
      return table;
    } catch (IOException e) {
      table.close();
      throw e;
    }
  }

  static NodeIdentity identity(Directory keys) throws IOException {
    return NodeIdentity.of(NODE.read(keys));
  }

  static Membership open(Directory keys, Directory journal, InstantSource clock)
      throws IOException {
    NodeIdentity identity = identity(keys);
    DeviceCertificate device = DeviceCertificate.decode(DEVICE.read(keys));
    if (!device.device().equals(identity.id())) {
      throw new IOException("the key files node and device do not belong together");
    }
    TicketBook tickets = TicketBook.open(journal, clock.instant());
    MemberTable table = MemberTable.open(journal, GroupKeys.read(keys));
    return new Membership(keys, journal, clock, identity, device, tickets, table);
  }

  NodeIdentity identity() {
    return identity;
  }

  NodeId self() {
    return identity.id();
  }

  DeviceCertificate device() {
    return device;
  }

  MemberTable table() {
    return table;
  }

  TicketBook tickets() {
    return tickets;
  }

  /** Every member but us. */
  List<NodeId> others() {
    return table.members().stream().filter(node -> !node.equals(self())).toList();
  }

  /** Whether we are not of our group any more, by our own will or another member's. */
  boolean isRemoved() {
    return table.removedBy(self()) != null;
  }

  /** Whether we have left our group and are only still to tell somebody. */
  boolean hasLeft() {
    NodeId by = table.removedBy(self());
    return by != null && by.equals(self());
  }

  /** Our own record, which {@link #announce} makes. */
  NodeRecord own() throws IOException {
    NodeRecord own = table.node(self());
    if (own == null) {
      throw new IOException("this node is still starting");
    }
    return own;
  }

  /** Signs a new record of ours when anything in it differs; whether it did. */
  boolean announce(
      List<InetSocketAddress> addresses, long offer, StoreId store, String version, boolean leaving)
      throws IOException {
    NodeRecord known = table.node(self());
    if (known != null
        && known.addresses().equals(addresses)
        && known.offer() == offer
        && known.store().equals(store)
        && known.version().equals(version)
        && known.leaving() == leaving) {
      return false;
    }
    long now = clock.millis();
    long sequence = known == null ? now : Math.max(now, known.sequence() + 1);
    return table.put(NodeRecord.of(identity, sequence, addresses, offer, store, version, leaving));
  }

  /** Admits whoever shows a ticket of ours, and tells what a member needs to know. */
  Joined admit(Join join, NodeId from) throws IOException {
    NodeRecord node = NodeRecord.parse(join.getRecord());
    if (!node.node().equals(from) || join.getToken().size() != Ticket.TOKEN_BYTES) {
      throw new MalformedFrameException("a JOIN for another node");
    }
    table.checkAdmissible(from);
    tickets.use(join.getToken(), from, clock.instant());
    table.admit(node, identity, clock.instant());
    Pex who = table.pex().getFirst();
    return Joined.newBuilder()
        .setGroupKey(ByteString.copyFrom(table.group().publicKey().bytes()))
        .setGroupSecret(ByteString.copyFrom(table.group().secret()))
        .addAllMembers(who.getMembersList())
        .addAllRemovals(who.getRemovalsList())
        .addNodes(own().signed())
        .build();
  }

  /**
   * Leaves our group of one for the one that the inviter told of. First the members are durable,
   * then the group's keys are replaced: a crash between leaves the old group whole. Tickets into
   * the old group are void.
   */
  void enter(Ticket ticket, Joined joined) throws IOException {
    GroupKeys group =
        GroupKeys.joined(joined.getGroupKey().toByteArray(), joined.getGroupSecret().toByteArray());
    if (!group.id().equals(ticket.group())) {
      throw new TicketException("the inviting node is of another group than the ticket says");
    }
    MemberTable old = table;
    old.close();
    MemberTable fresh = MemberTable.open(journal, group);
    fresh.merge(
        Pex.newBuilder()
            .addAllMembers(joined.getMembersList())
            .addAllRemovals(joined.getRemovalsList())
            .addAllNodes(joined.getNodesList())
            .build(),
        true);
    if (!fresh.contains(self()) || !fresh.contains(ticket.inviter())) {
      fresh.close();
      table = MemberTable.open(journal, old.group());
      throw new TicketException("the inviting node did not admit us; ask for a new ticket");
    }
    tickets.revokeAll();
    group.write(keys);
    table = fresh;
  }

  /** Signs that a member, or we, are not of the group any more. */
  void remove(NodeId node) throws IOException {
    table.remove(node, identity, clock.instant());
  }

  /**
   * Goes from our group to a new one of our own. Its member is durable first, and its keys then: a
   * crash between leaves us in the old group, which we have left or not as before.
   */
  void foundAnew(SecureRandom random) throws IOException {
    tickets.revokeAll();
    MemberTable old = table;
    old.close();
    try {
      table = found(keys, journal, identity, random, clock);
    } catch (IOException e) {
      table = MemberTable.open(journal, old.group());
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    tickets.close();
    table.close();
  }
}
