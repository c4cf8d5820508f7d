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
 * The members of one group ever admitted, and the newest record of each. Kept in the log {@code
 * members}, whose records are a kind (1 member, 2 node) and a signed record as it travels. Every
 * change is durable on return. Safe for use by many threads; changes wait for the disk.
 */
public final class MemberTable implements Closeable {
  /** A group has no more members. */
  public static final int MEMBERS_MAX = 64;

  private static final Logger LOG = LoggerFactory.getLogger(MemberTable.class);
  private static final String FILE = "members";
  private static final int VERSION = 1;
  private static final byte MEMBER = 1;
  private static final byte NODE = 2;
  private static final int SUPERSEDED_MAX = 1024;

  private final GroupKeys group;
  private final RecordLog log;
  private final Map<NodeId, MemberRecord> members = new LinkedHashMap<>();
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
    List<Signed> members = new ArrayList<>();
    List<Signed> nodes = new ArrayList<>();
    RecordLog log =
        RecordLog.open(
            journal,
            FILE,
            VERSION,
            bytes -> {
              byte kind = bytes.get();
              Signed signed = signed(bytes);
              if (signed != null && kind == MEMBER) {
                members.add(signed);
              } else if (signed != null && kind == NODE) {
                nodes.add(signed);
              }
            });
    MemberTable table = new MemberTable(group, log);
    table.take(members, nodes);
    if (members.size() + nodes.size() > table.size() + SUPERSEDED_MAX) {
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
   * @throws TicketException when the group is full
   */
  public synchronized void admit(NodeRecord node, NodeIdentity by, Instant now) throws IOException {
    if (!members.containsKey(node.node())) {
      if (members.size() >= MEMBERS_MAX) {
        throw new TicketException("the group has " + MEMBERS_MAX + " members, which is the most");
      }
      add(MemberRecord.admit(group.id(), node.key().bytes(), by.id(), by.signer(), now));
    }
    update(node);
    log.commit();
  }

  /**
   * Takes over what is valid and new among others' records.
   *
   * @return the nodes whose membership or newest record changed
   */
  public synchronized Set<NodeId> merge(Pex pex) throws IOException {
    List<MemberRecord> before = List.copyOf(members.values());
    Map<NodeId, NodeRecord> known = new HashMap<>(nodes);
    take(pex.getMembersList(), pex.getNodesList());
    Set<NodeId> changed = new HashSet<>();
    for (MemberRecord member : members.values()) {
      if (!before.contains(member)) {
        log.append(record(MEMBER, member.signed()));
        changed.add(member.member());
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

  private void take(List<Signed> memberRecords, List<Signed> nodeRecords) {
    List<MemberRecord> candidates = new ArrayList<>();
    for (Signed signed : memberRecords) {
      try {
        candidates.add(MemberRecord.parse(signed));
      } catch (RecordException e) {
        LOG.warn("passed over a member's record: {}", e.getMessage());
      }
    }
    // A record may come before its signer's: go on until nobody more gets in.
    for (boolean more = true; more; ) {
      more = candidates.removeIf(this::enter);
    }
    for (Signed signed : nodeRecords) {
      try {
        takeNode(NodeRecord.parse(signed));
      } catch (RecordException e) {
        LOG.warn("passed over a node's record: {}", e.getMessage());
      }
    }
  }

  private boolean enter(MemberRecord candidate) {
    if (!candidate.group().equals(group.id())
        || members.containsKey(candidate.member())
        || members.size() >= MEMBERS_MAX) {
      return false;
    }
    byte[] signer;
    if (candidate.admittedBy() == null) {
      signer = group.publicKey().bytes();
    } else {
      MemberRecord admitter = members.get(candidate.admittedBy());
      if (admitter == null) {
        return false;
      }
      signer = admitter.key().toByteArray();
    }
    if (!Records.signedBy(candidate.signed(), signer)) {
      return false;
    }
    members.put(candidate.member(), candidate);
    return true;
  }

  private boolean takeNode(NodeRecord node) {
    NodeRecord known = nodes.get(node.node());
    if (!members.containsKey(node.node())
        || (known != null && known.sequence() >= node.sequence())) {
      return false;
    }
    nodes.put(node.node(), node);
    return true;
  }

  /** Takes a member's newer record, ours included; false when it is not newer or no member's. */
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
    members.put(member.member(), member);
    log.append(record(MEMBER, member.signed()));
  }

  /** Whether this node was ever admitted. */
  public synchronized boolean contains(NodeId node) {
    return members.containsKey(node);
  }

  /** Everybody ever admitted, in order of admission here. */
  public synchronized List<NodeId> members() {
    return List.copyOf(members.keySet());
  }

  /** A member's newest record, or null when none has been seen. */
  public synchronized @Nullable NodeRecord node(NodeId node) {
    return nodes.get(node);
  }

  /** All records, for a peer. */
  public synchronized Pex pex() {
    var pex = Pex.newBuilder();
    members.values().forEach(member -> pex.addMembers(member.signed()));
    nodes.values().forEach(node -> pex.addNodes(node.signed()));
    return pex.build();
  }

  private int size() {
    return members.size() + nodes.size();
  }

  private List<byte[]> records() {
    List<byte[]> records = new ArrayList<>();
    members.values().forEach(member -> records.add(record(MEMBER, member.signed())));
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
