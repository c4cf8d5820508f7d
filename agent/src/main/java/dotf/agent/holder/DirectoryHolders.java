package dotf.agent.holder;

import dotf.agent.replica.Holders;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.BlockSource;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.Disk;
import dotf.dht.AuditItem;
import dotf.dht.group.GroupId;
import dotf.dht.group.HeadRecord;
import dotf.dht.group.Placement;
import dotf.dht.group.Receipt;
import dotf.dht.group.StoreId;
import dotf.dht.identity.KeyFile;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.PublicKey;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Directories on other disks as holders: they keep the blocks that this device writes there, and it
 * signs for them itself, with a key of its own for each, once they are on that disk. Which there
 * are is in {@code journal/holders}, their keys are {@code keys/holder-<first 16 digits of the
 * id>}. Safe for use by many threads.
 */
public final class DirectoryHolders implements Holders, Closeable {
  /** Directories, at most. */
  public static final int HOLDERS_MAX = 8;

  /** How long a disk may take for one step before it counts as hanging. */
  public static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(DirectoryHolders.class);
  private static final Duration LOOK = Duration.ofSeconds(10);

  /** Nothing but this device deletes there; a receipt is as long as a member's. */
  private static final Duration LEASE = Duration.ofDays(365);

  private final Parts parts;
  private final HolderLog log;
  private final List<DirectoryHolder> holders = new CopyOnWriteArrayList<>();
  private volatile Instant nextLook = Instant.MIN;

  /** Hears what the holders cannot know the meaning of. */
  public interface Listener {
    /** A directory is there that was not before. */
    void reachable(NodeId holder);

    /** A holder does not have, or has damaged, a block that it signed for. */
    void lost(NodeId holder, BlockAddress block);
  }

  /**
   * What the holders are made from.
   *
   * @param journal the directory {@code journal/}
   * @param keys the directory {@code keys/}
   * @param local where blocks that are pushed are read
   * @param group our group now, which receipts name
   * @param owner the public vault key
   * @param room how many bytes may be written to a filesystem with these figures
   * @param limit for one step of a disk, usually {@link #LIMIT}
   * @param blocking for looking whether directories are there
   */
  public record Parts(
      Disk disk,
      Directory journal,
      Directory keys,
      BlockSource local,
      Supplier<GroupId> group,
      PublicKey owner,
      ToLongFunction<Disk.Space> room,
      InstantSource clock,
      SecureRandom random,
      Duration limit,
      Executor blocking,
      Listener listener) {}

  /** Takes up the holders of this device. */
  public DirectoryHolders(Parts parts) throws IOException {
    this.parts = parts;
    log = new HolderLog(parts.journal());
    log.all().forEach(entry -> holders.add(holder(entry)));
  }

  private DirectoryHolder holder(HolderLog.Entry entry) {
    return new DirectoryHolder(
        entry,
        new BlockFiles(parts.disk(), entry.path(), entry.store(), entry.id(), parts.room()),
        new Patience(entry.path().toString(), parts.limit()),
        parts.clock());
  }

  /** The directories that are holders, in the order in which they were added. */
  public List<DirectoryHolder> all() {
    return List.copyOf(holders);
  }

  /** Whether no directory is a holder. */
  public boolean isEmpty() {
    return holders.isEmpty();
  }

  /** Looks at a directory that is to become a holder, with the limit of any call. */
  public Survey survey(Path directory) throws IOException {
    return new Patience(directory.toString(), parts.limit())
        .call(_ -> Survey.of(parts.disk(), directory));
  }

  /**
   * Makes a directory a holder; what is checked before is the caller's affair.
   *
   * @param directory an existing one, absolute
   * @throws IOException when it cannot be written to, or something is in the way
   */
  public synchronized DirectoryHolder add(Path directory) throws IOException {
    NodeIdentity identity = NodeIdentity.generate(parts.random());
    byte[] store = new byte[StoreId.BYTES];
    parts.random().nextBytes(store);
    StoreMark fresh = new StoreMark(StoreId.of(store), identity.id());
    StoreMark mark =
        new Patience(directory.toString(), parts.limit())
            .call(_ -> BlockFiles.prepare(parts.disk(), directory, fresh));
    key(identity.id()).write(parts.keys(), identity.seed());
    HolderLog.Entry entry = new HolderLog.Entry(identity.id(), mark.store(), directory, 0);
    log.add(entry);
    DirectoryHolder added = holder(entry);
    holders.add(added);
    if (added.look()) {
      parts.listener().reachable(added.id());
    }
    return added;
  }

  /** Counts a directory as a holder no more; what is in it stays. */
  public synchronized void remove(DirectoryHolder holder) throws IOException {
    log.remove(holder.id());
    holders.remove(holder);
    parts.keys().unlink(key(holder.id()).name());
  }

  /** Bytes written to a holder, as far as is known. */
  public long bytes(DirectoryHolder holder) {
    return log.bytes(holder.id());
  }

  /** Called every second or so: looks now and then whether the directories are there. */
  public void tick() {
    Instant now = parts.clock().instant();
    if (!now.isBefore(nextLook)) {
      nextLook = now.plus(LOOK);
      holders.forEach(holder -> parts.blocking().execute(() -> look(holder)));
    }
  }

  /** Looks at every directory now. */
  public void look() {
    holders.forEach(this::look);
  }

  private void look(DirectoryHolder holder) {
    boolean before = holder.isReachable();
    if (holder.look()) {
      LOG.info("{} is there", holder.path());
      parts.listener().reachable(holder.id());
    } else if (before && !holder.isReachable()) {
      LOG.warn("{}", holder.problem());
    }
  }

  /** Keeps where a journal ends in every directory that is there, for a recovery to find. */
  public void keepHead(HeadRecord head) {
    for (DirectoryHolder holder : holders) {
      try {
        holder.keepHead(head);
      } catch (IOException e) {
        LOG.info("{} did not take a head: {}", holder.path(), e.getMessage());
      }
    }
  }

  /** The heads of a vault's devices in all directories that are there. */
  public List<HeadRecord> heads(PublicKey vault) {
    List<HeadRecord> heads = new ArrayList<>();
    for (DirectoryHolder holder : holders) {
      try {
        heads.addAll(holder.heads(vault));
      } catch (IOException e) {
        LOG.info("{} did not tell its heads: {}", holder.path(), e.getMessage());
      }
    }
    return heads;
  }

  /** What each holder may be weighed by: the size of its filesystem. */
  public Map<NodeId, Long> offers() {
    Map<NodeId, Long> offers = new HashMap<>();
    holders.forEach(holder -> offers.put(holder.id(), holder.totalBytes()));
    return offers;
  }

  /** The holder with this id, or null. */
  public @Nullable DirectoryHolder find(NodeId id) {
    for (DirectoryHolder holder : holders) {
      if (holder.id().equals(id)) {
        return holder;
      }
    }
    return null;
  }

  /** The directory of the holder with this id; null when it is none of ours. */
  public @Nullable Path path(NodeId id) {
    DirectoryHolder holder = find(id);
    return holder == null ? null : holder.path();
  }

  private DirectoryHolder known(NodeId id) throws IOException {
    DirectoryHolder holder = find(id);
    if (holder == null) {
      throw new IOException(id.brief() + " is no holder any more");
    }
    return holder;
  }

  @Override
  public List<NodeId> others() {
    return holders.stream().map(DirectoryHolder::id).toList();
  }

  @Override
  public List<NodeId> ranked(BlockAddress block) {
    return Placement.order(block, offers());
  }

  @Override
  public boolean reachable(NodeId id) {
    DirectoryHolder holder = find(id);
    return holder != null && holder.isReachable();
  }

  @Override
  public boolean vouches(NodeId id, StoreId store) {
    DirectoryHolder holder = find(id);
    return holder != null && holder.store().equals(store);
  }

  @Override
  public Receipt push(NodeId id, List<BlockAddress> blocks) throws IOException {
    DirectoryHolder holder = known(id);
    BlockFiles.Placed placed = holder.put(blocks, parts.local());
    log.placed(id, placed.bytes());
    return sign(holder, placed.blocks());
  }

  private Receipt sign(DirectoryHolder holder, List<BlockAddress> blocks) throws IOException {
    Instant now = parts.clock().instant();
    return Receipt.sign(
        NodeIdentity.of(key(holder.id()).read(parts.keys())),
        parts.group().get(),
        parts.owner(),
        holder.store(),
        now.toEpochMilli(),
        blocks,
        now.plus(LEASE),
        now);
  }

  @Override
  public Receipt renew(NodeId id, List<BlockAddress> blocks) throws IOException {
    DirectoryHolder holder = known(id);
    Set<BlockAddress> sound = holder.audit(blocks);
    if (sound.isEmpty()) {
      throw new BlockMissingException(
          blocks.getFirst(), holder.path() + " has none of the blocks any more");
    }
    return sign(holder, List.copyOf(sound));
  }

  /** The directory cannot answer for itself, so the whole block is read. */
  @Override
  public Set<BlockAddress> audit(NodeId id, List<AuditItem> blocks) throws IOException {
    return known(id).audit(blocks.stream().map(AuditItem::address).toList());
  }

  /** Nothing but this device takes blocks away there, and it does not. */
  @Override
  public Set<BlockAddress> lock(NodeId id, List<BlockAddress> blocks) throws IOException {
    return known(id).present(blocks);
  }

  @Override
  public SealedBlock fetch(BlockAddress block, List<NodeId> likely) throws IOException {
    List<DirectoryHolder> order = new ArrayList<>(holders);
    order.sort(Comparator.comparing(holder -> !likely.contains(holder.id())));
    for (DirectoryHolder holder : order) {
      try {
        return holder.read(block);
      } catch (BlockMissingException | BlockCorruptException e) {
        if (likely.contains(holder.id())) {
          LOG.warn("{}: {}", holder.path(), e.getMessage());
          parts.listener().lost(holder.id(), block);
        }
      } catch (IOException e) {
        LOG.debug("{} did not give block {}: {}", holder.path(), block, e.getMessage());
      }
    }
    throw new BlockMissingException(
        block,
        "no directory that can be reached now has block " + block.toString().substring(0, 12));
  }

  @Override
  public List<String> problems() {
    return holders.stream()
        .filter(holder -> !holder.isReachable())
        .map(holder -> String.valueOf(holder.problem()))
        .toList();
  }

  private static KeyFile key(NodeId id) {
    return new KeyFile("holder-" + id.toString().substring(0, 16), "DOTF-HLD");
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
