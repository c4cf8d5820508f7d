package dotf.agent;

import dotf.agent.replica.Holders;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.SealedBlock;
import dotf.dht.AuditItem;
import dotf.dht.DhtNode;
import dotf.dht.Member;
import dotf.dht.group.Receipt;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The members of the group as holders. One that is leaving is still among them, since it may stay
 * after all, but nothing on it counts any more and nothing is sent there.
 */
final class GroupHolders implements Holders {
  /** Until audits renew them, leases outlast any absence that is planned for. */
  private static final Duration LEASE = Duration.ofDays(365);

  private final DhtNode node;
  private final InstantSource clock;
  private volatile Members members = new Members(List.of(), Map.of(), Map.of(), Set.of());

  /** The table as it was at the last change: it is asked for every block. */
  private record Members(
      List<NodeId> ids,
      Map<NodeId, StoreId> stores,
      Map<NodeId, Long> offers,
      Set<NodeId> leaving) {}

  GroupHolders(DhtNode node, InstantSource clock) {
    this.node = node;
    this.clock = clock;
    refresh();
  }

  /** The member table has changed. */
  void refresh() {
    Map<NodeId, StoreId> stores = new HashMap<>();
    Map<NodeId, Long> offers = new HashMap<>();
    List<Member> others = node.group().others();
    for (Member member : others) {
      if (!member.leaving()) {
        offers.put(member.id(), member.offer());
      }
      StoreId store = member.store();
      if (store != null) {
        stores.put(member.id(), store);
      }
    }
    members =
        new Members(
            others.stream().map(Member::id).toList(),
            Map.copyOf(stores),
            Map.copyOf(offers),
            others.stream().filter(Member::leaving).map(Member::id).collect(Collectors.toSet()));
  }

  @Override
  public List<NodeId> others() {
    return members.ids();
  }

  @Override
  public List<NodeId> ranked(BlockAddress block) {
    return node.holdersFor(block).stream().filter(holder -> !leaves(holder)).toList();
  }

  /** Whether a member hands over what it holds, to leave. */
  boolean leaves(NodeId holder) {
    return members.leaving().contains(holder);
  }

  @Override
  public boolean reachable(NodeId holder) {
    return node.isConnected(holder) && !leaves(holder);
  }

  @Override
  public boolean vouches(NodeId holder, StoreId store) {
    Members now = members;
    return now.ids().contains(holder)
        && !now.leaving().contains(holder)
        && store.equals(now.stores().getOrDefault(holder, store));
  }

  @Override
  public Receipt push(NodeId holder, List<BlockAddress> blocks) throws IOException {
    return node.push(holder, blocks, clock.instant().plus(LEASE));
  }

  /** A holder reads what it does not ask for before it signs. */
  @Override
  public Receipt renew(NodeId holder, List<BlockAddress> blocks) throws IOException {
    return push(holder, blocks);
  }

  @Override
  public Set<BlockAddress> audit(NodeId holder, List<AuditItem> blocks) throws IOException {
    return node.audit(holder, blocks);
  }

  @Override
  public Set<BlockAddress> lock(NodeId holder, List<BlockAddress> blocks) throws IOException {
    return node.lock(holder, blocks);
  }

  @Override
  public SealedBlock fetch(BlockAddress block, List<NodeId> likely) throws IOException {
    return node.fetch(block, likely);
  }

  @Override
  public List<String> problems() {
    return members.leaving().stream()
        .map(holder -> "machine " + holder.brief() + " is leaving the group")
        .toList();
  }

  /** What each member offers, in bytes. */
  Map<NodeId, Long> offers() {
    return members.offers();
  }
}
