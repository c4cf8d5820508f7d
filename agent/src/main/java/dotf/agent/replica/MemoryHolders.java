package dotf.agent.replica;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.BlockSource;
import dotf.chunker.block.SealedBlock;
import dotf.dht.AuditItem;
import dotf.dht.group.GroupId;
import dotf.dht.group.Receipt;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.PublicKey;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Holders in this process. Stricter than the network: it refuses an empty push, a block that a
 * holder has already, and a push to a holder that is not reachable, since a replicator has no
 * reason for any of them.
 */
public final class MemoryHolders implements Holders {
  private static final Duration LEASE = Duration.ofDays(31);

  private final GroupId group;
  private final PublicKey owner;
  private final InstantSource time;
  private final BlockSource local;
  private final Map<NodeId, Place> places = new LinkedHashMap<>();
  private int audits;

  private static final class Place {
    private final NodeIdentity identity;
    private final Set<BlockAddress> blocks = new HashSet<>();
    private StoreId store;
    private boolean reachable = true;
    private int room = Integer.MAX_VALUE;
    private long commit;

    Place(NodeIdentity identity, StoreId store) {
      this.identity = identity;
      this.store = store;
    }
  }

  /**
   * Makes a group without any other holder.
   *
   * @param local the store, where the bytes of what is held are looked up
   */
  public MemoryHolders(GroupId group, PublicKey owner, InstantSource time, BlockSource local) {
    this.group = group;
    this.owner = owner;
    this.time = time;
    this.local = local;
  }

  /** Admits a holder. */
  public synchronized void admit(NodeIdentity identity, StoreId store) {
    places.put(identity.id(), new Place(identity, store));
  }

  /** Connects or disconnects a holder. */
  public synchronized void reachable(NodeId holder, boolean reachable) {
    place(holder).reachable = reachable;
  }

  /** How many more blocks a holder takes. */
  public synchronized void room(NodeId holder, int blocks) {
    place(holder).room = blocks;
  }

  /** A holder loses everything and starts a new store. */
  public synchronized void newStore(NodeId holder, StoreId store) {
    place(holder).store = store;
    place(holder).blocks.clear();
  }

  /** What a holder holds. */
  public synchronized Set<BlockAddress> held(NodeId holder) {
    return Set.copyOf(place(holder).blocks);
  }

  @Override
  public synchronized List<NodeId> others() {
    return List.copyOf(places.keySet());
  }

  @Override
  public List<NodeId> ranked(BlockAddress block) {
    return others();
  }

  @Override
  public synchronized boolean reachable(NodeId holder) {
    return place(holder).reachable;
  }

  @Override
  public synchronized boolean vouches(NodeId holder, StoreId store) {
    return places.containsKey(holder) && place(holder).store.equals(store);
  }

  @Override
  public synchronized Receipt push(NodeId holder, List<BlockAddress> blocks) throws IOException {
    Place place = place(holder);
    if (!place.reachable || blocks.isEmpty() || blocks.stream().anyMatch(place.blocks::contains)) {
      throw new IllegalStateException("a push that has no reason to be made");
    }
    if (blocks.size() > place.room) {
      throw new IOException("it is full");
    }
    place.room -= blocks.size();
    place.blocks.addAll(blocks);
    return sign(place, blocks);
  }

  @Override
  public synchronized Receipt renew(NodeId holder, List<BlockAddress> blocks) throws IOException {
    Place place = there(holder, blocks);
    for (BlockAddress block : blocks) {
      if (!place.blocks.contains(block)) {
        throw new BlockMissingException(block, "it has not block " + block + " any more");
      }
    }
    return sign(place, blocks);
  }

  @Override
  public synchronized Set<BlockAddress> audit(NodeId holder, List<AuditItem> blocks)
      throws IOException {
    Place place = there(holder, blocks);
    audits++;
    return blocks.stream()
        .map(AuditItem::address)
        .filter(place.blocks::contains)
        .collect(Collectors.toSet());
  }

  @Override
  public synchronized Set<BlockAddress> lock(NodeId holder, List<BlockAddress> blocks)
      throws IOException {
    Place place = there(holder, blocks);
    return blocks.stream().filter(place.blocks::contains).collect(Collectors.toSet());
  }

  /** How often a holder had to prove something. */
  public synchronized int audits() {
    return audits;
  }

  /** A holder loses a block that it signed for. */
  public synchronized void lose(NodeId holder, BlockAddress block) {
    if (!place(holder).blocks.remove(block)) {
      throw new IllegalArgumentException(holder + " has no block " + block);
    }
  }

  private Place there(NodeId holder, List<?> blocks) throws IOException {
    if (blocks.isEmpty()) {
      throw new IllegalStateException("a request that has no reason to be made");
    }
    if (!place(holder).reachable) {
      throw new IOException("it is not there");
    }
    return place(holder);
  }

  private Receipt sign(Place place, List<BlockAddress> blocks) {
    return Receipt.sign(
        place.identity,
        group,
        owner,
        place.store,
        ++place.commit,
        blocks,
        time.instant().plus(LEASE),
        time.instant());
  }

  @Override
  public synchronized SealedBlock fetch(BlockAddress block, List<NodeId> likely)
      throws IOException {
    if (places.values().stream().noneMatch(p -> p.reachable && p.blocks.contains(block))) {
      throw new BlockMissingException(block, "nobody who can be reached has block " + block);
    }
    return local.read(block);
  }

  @Override
  public List<String> problems() {
    return List.of();
  }

  private Place place(NodeId holder) {
    Place place = places.get(holder);
    if (place == null) {
      throw new IllegalArgumentException(holder + " is not of this group");
    }
    return place;
  }
}
