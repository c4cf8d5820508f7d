package dotf.dht.group;

import com.google.protobuf.InvalidProtocolBufferException;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.RecordLog;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.wire.proto.Pex;
import dotf.dht.wire.proto.Signed;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who was ever admitted into one group, who was removed from it, and the newest record of each
 * member: whoever was admitted and not removed. Kept in the log {@code members}, whose records are
 * a kind (1 admission, 2 node, 3 removal) and a signed record as it travels. Every change is
 * durable on return. Safe for use by many threads; changes wait for the disk.
 */
public final class MemberTable implements Closeable {
  /** A group has no more members at a time. */
  public static final int MEMBERS_MAX = 64;

  /** A group admits no more nodes, those removed included: each is remembered for ever. */
  public static final int ADMITTED_MAX = 128;

  private static final Logger LOG = LoggerFactory.getLogger(MemberTable.class);
  private static final String FILE = "members";
  private static final int VERSION = 1;
  private static final byte MEMBER = 1;
  private static final byte NODE = 2;
  private static final byte REMOVAL = 3;
  private static final int SUPERSEDED_MAX = 1024;

  private final GroupKeys group;
  private final RecordLog log;
  private final Map<NodeId, MemberRecord> admitted = new LinkedHashMap<>();
  private final Map<NodeId, RemovalRecord> removals = new LinkedHashMap<>();
  private final Map<NodeId, NodeRecord> nodes = new HashMap<>();

  private MemberTable(GroupKeys group, RecordLog log) {
    this.group = group;
    this.log = log;
  }

  /**
   * Opens the log, or makes it. Records of another group, left by a join that a crash cut short,
   * are passed over.
   */
  public static MemberTable open(Directory journal, GroupKeys group) throws IOException {
    Pex.Builder known = Pex.newBuilder();
    RecordLog log =
        RecordLog.open(
            journal,
            FILE,
            VERSION,
            bytes -> {
              byte kind = bytes.get();
              Signed signed = signed(bytes);
              if (signed != null && kind == MEMBER) {
                known.addMembers(signed);
              } else if (signed != null && kind == NODE) {
                known.addNodes(signed);
              } else if (signed != null && kind == REMOVAL) {
                known.addRemovals(signed);
              }
            });
    MemberTable table = new MemberTable(group, log);
    Pex all = known.build();
    table.take(all, true);
    int records = all.getMembersCount() + all.getNodesCount() + all.getRemovalsCount();
    if (records > table.records().size() + SUPERSEDED_MAX) {
      log.rewrite(table.records());
    }
    return table;
  }

  private static @Nullable Signed signed(ByteBuffer bytes) {
    try {
      return Signed.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      // The checksum held, so a newer version wrote it; others will tell us again.
      return null;
    }
  }

  /** The group whose members these are. */
  public GroupKeys group() {
    return group;
  }

  /** Makes the first member: the founder. */
  public synchronized void found(NodeIdentity self, Instant now) throws IOException {
    NodeIdentity key = group.founder();
    if (key == null) {
      throw new IllegalStateException("not the founder of this group");
    }
    add(MemberRecord.admit(group.id(), self.publicKey(), null, key.signer(), now));
    log.commit();
  }

  /**
   * Admits a node that showed a ticket; does nothing when it is a member.
   *
   * @throws TicketException when the group is full, or the node was removed from it
   */
  public synchronized void admit(NodeRecord node, NodeIdentity by, Instant now) throws IOException {
    checkAdmissible(node.node());
    if (!contains(node.node())) {
      add(MemberRecord.admit(group.id(), node.key().bytes(), by.id(), by.signer(), now));
    }
    update(node);
    log.commit();
  }

  /**
   * Whether {@link #admit} would take a node.
   *
   * @throws TicketException when the group is full, or the node was removed from it
   */
  public synchronized void checkAdmissible(NodeId node) throws TicketException {
    if (removals.containsKey(node)) {
      throw new TicketException(
          "this node was in the group before, and a group takes nobody back; let the others join"
              + " this node's group instead, or join from a new home (dotf init)");
    }
    if (contains(node)) {
      return;
    }
    if (members().size() >= MEMBERS_MAX) {
      throw new TicketException("the group has " + MEMBERS_MAX + " members, which is the most");
    }
    if (admitted.size() >= ADMITTED_MAX) {
      throw new TicketException(
          "the group has had " + ADMITTED_MAX + " members, which is the most; begin a new group");
    }
  }

  /**
   * Removes a member for good.
   *
   * @param by the signer: a member, or the node itself
   */
  public synchronized void remove(NodeId node, NodeIdentity by, Instant now) throws IOException {
    if (!contains(node)) {
      throw new IllegalArgumentException("not a member: " + node);
    }
    RemovalRecord removal = RemovalRecord.of(group.id(), node, by, now);
    log.append(record(REMOVAL, removal.signed()));
    log.commit();
    take(removal);
  }

  /**
   * Takes over what is valid and new among others' records.
   *
   * @param fromMember whether a member says so. What a removed node signed is believed of nobody
   *     else: with the group's secret it could bring itself back under a new name
   * @return the nodes whose membership or newest record changed
   */
  public synchronized Set<NodeId> merge(Pex pex, boolean fromMember) throws IOException {
    Set<NodeId> before = Set.copyOf(admitted.keySet());
    Set<NodeId> removedBefore = Set.copyOf(removals.keySet());
    Map<NodeId, NodeRecord> known = new HashMap<>(nodes);
    take(pex, fromMember);
    Set<NodeId> changed = new HashSet<>();
    for (MemberRecord member : admitted.values()) {
      if (!before.contains(member.member())) {
        log.append(record(MEMBER, member.signed()));
        changed.add(member.member());
      }
    }
    for (RemovalRecord removal : removals.values()) {
      if (!removedBefore.contains(removal.removed())) {
        log.append(record(REMOVAL, removal.signed()));
        changed.add(removal.removed());
      }
    }
    for (NodeRecord node : nodes.values()) {
      if (!node.equals(known.get(node.node()))) {
        log.append(record(NODE, node.signed()));
        changed.add(node.node());
      }
    }
    if (!changed.isEmpty()) {
      log.commit();
    }
    return changed;
  }

  private void take(Pex pex, boolean fromMember) {
    List<MemberRecord> candidates = new ArrayList<>();
    List<RemovalRecord> leavers = new ArrayList<>();
    for (Signed signed : pex.getMembersList()) {
      try {
        candidates.add(MemberRecord.parse(signed));
      } catch (RecordException e) {
        LOG.warn("passed over a member's record: {}", e.getMessage());
      }
    }
    for (Signed signed : pex.getRemovalsList()) {
      try {
        leavers.add(RemovalRecord.parse(signed));
      } catch (RecordException e) {
        LOG.warn("passed over a member's removal: {}", e.getMessage());
      }
    }
    // A record may come before its signer's: go on until nobody more gets in or out.
    for (boolean more = true; more; ) {
      more = candidates.removeIf(candidate -> enter(candidate, fromMember));
      more |= leavers.removeIf(removal -> leave(removal, fromMember));
    }
    for (Signed signed : pex.getNodesList()) {
      try {
        takeNode(NodeRecord.parse(signed));
      } catch (RecordException e) {
        LOG.warn("passed over a node's record: {}", e.getMessage());
      }
    }
  }

  private boolean enter(MemberRecord candidate, boolean fromMember) {
    if (!candidate.group().equals(group.id())
        || admitted.containsKey(candidate.member())
        || admitted.size() >= ADMITTED_MAX
        || members().size() >= MEMBERS_MAX) {
      return false;
    }
    NodeId by = candidate.admittedBy();
    byte[] signer = by == null ? group.publicKey().bytes() : signer(by, fromMember);
    if (signer == null || !Records.signedBy(candidate.signed(), signer)) {
      return false;
    }
    admitted.put(candidate.member(), candidate);
    return true;
  }

  private boolean leave(RemovalRecord removal, boolean fromMember) {
    byte[] signer = signer(removal.remover(), fromMember);
    if (!removal.group().equals(group.id())
        || !contains(removal.removed())
        || signer == null
        || !Records.signedBy(removal.signed(), signer)) {
      return false;
    }
    take(removal);
    return true;
  }

  /** The key of a node whose word counts here, or null. */
  private byte @Nullable [] signer(NodeId node, boolean fromMember) {
    MemberRecord signer = admitted.get(node);
    return signer == null || (removals.containsKey(node) && !fromMember)
        ? null
        : signer.key().toByteArray();
  }

  private void take(RemovalRecord removal) {
    removals.put(removal.removed(), removal);
  }

  private boolean takeNode(NodeRecord node) {
    NodeRecord known = nodes.get(node.node());
    if (!admitted.containsKey(node.node())
        || (known != null && known.sequence() >= node.sequence())) {
      return false;
    }
    nodes.put(node.node(), node);
    return true;
  }

  /** Takes a node's newer record, ours included; false when it is not newer or no member's. */
  public synchronized boolean put(NodeRecord node) throws IOException {
    boolean newer = update(node);
    if (newer) {
      log.commit();
    }
    return newer;
  }

  private boolean update(NodeRecord node) throws IOException {
    boolean newer = takeNode(node);
    if (newer) {
      log.append(record(NODE, node.signed()));
    }
    return newer;
  }

  private void add(MemberRecord member) throws IOException {
    admitted.put(member.member(), member);
    log.append(record(MEMBER, member.signed()));
  }

  /** Whether this node was admitted and not removed. */
  public synchronized boolean contains(NodeId node) {
    return admitted.containsKey(node) && !removals.containsKey(node);
  }

  /** Everybody who was admitted and not removed, in order of admission here. */
  public synchronized List<NodeId> members() {
    return admitted.keySet().stream().filter(node -> !removals.containsKey(node)).toList();
  }

  /** Who removed a node from the group, itself perhaps; null when nobody did. */
  public synchronized @Nullable NodeId removedBy(NodeId node) {
    RemovalRecord removal = removals.get(node);
    return removal == null ? null : removal.remover();
  }

  /** A node's newest record, that of a removed one too, or null when none has been seen. */
  public synchronized @Nullable NodeRecord node(NodeId node) {
    return nodes.get(node);
  }

  /** All records, for a member: who is one, then where they are. Each message fits a frame. */
  public synchronized List<Pex> pex() {
    Pex.Builder who = who();
    removals.values().forEach(removal -> who.addRemovals(removal.signed()));
    Pex.Builder where = Pex.newBuilder();
    nodes.values().stream()
        .filter(node -> contains(node.node()))
        .forEach(node -> where.addNodes(node.signed()));
    return List.of(who.build(), where.build());
  }

  /** That a node was removed, for that node: not where the others are now. */
  public synchronized Pex notice(NodeId removed) {
    Pex.Builder notice = who();
    RemovalRecord removal = removals.get(removed);
    return removal == null ? notice.build() : notice.addRemovals(removal.signed()).build();
  }

  private Pex.Builder who() {
    Pex.Builder who = Pex.newBuilder();
    admitted.values().forEach(member -> who.addMembers(member.signed()));
    return who;
  }

  private List<byte[]> records() {
    List<byte[]> records = new ArrayList<>();
    admitted.values().forEach(member -> records.add(record(MEMBER, member.signed())));
    removals.values().forEach(removal -> records.add(record(REMOVAL, removal.signed())));
    nodes.values().forEach(node -> records.add(record(NODE, node.signed())));
    return records;
  }

  private static byte[] record(byte kind, Signed signed) {
    byte[] bytes = signed.toByteArray();
    return ByteBuffer.allocate(1 + bytes.length).put(kind).put(bytes).array();
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
