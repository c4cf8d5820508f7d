package dotf.agent.replica;

import dotf.chunker.block.BlockAddress;
import dotf.dht.AuditItem;
import dotf.dht.identity.NodeId;
import dotf.dht.lock.BlockLocks;
import dotf.dht.lock.Moment;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets blocks of the local store go, which gives their space back. A block goes only while {@code
 * copies} other holders have it under a lock, each of which signed for it, or proved it by a leaf
 * drawn at random, at most {@link #FRESH} ago. Safe for use by many threads; calls wait for
 * holders, with a limit, and for one another.
 */
public final class Evictor {
  /** How many blocks share their locks and one commit. */
  public static final int BATCH_MAX = 256;

  /** How old a holder's word may be to count without an audit. */
  public static final Duration FRESH = Duration.ofHours(24);

  private static final Logger LOG = LoggerFactory.getLogger(Evictor.class);

  private final Holders holders;
  private final Receipts receipts;
  private final BlockLocks locks;
  private final LocalBlocks store;
  private final IntSupplier copies;
  private final Supplier<@Nullable Stay> hindrance;
  private final InstantSource time;
  private final Lost lost;
  private final ReentrantLock turn = new ReentrantLock();

  /** The local store, as far as this class needs it. */
  public interface LocalBlocks {
    /** Lets blocks go; durable on return. Returns their sealed bytes. */
    long drop(List<BlockAddress> blocks) throws IOException;
  }

  /** Hears that a holder does not have what it signed for. */
  @FunctionalInterface
  public interface Lost {
    /** It is to have the block anew, or another is. */
    void lost(NodeId holder, BlockAddress block);
  }

  /**
   * @param copies how many holders other than this machine the settings ask for
   * @param hindrance what is in the way of every block now, or null
   */
  public Evictor(
      Holders holders,
      Receipts receipts,
      BlockLocks locks,
      LocalBlocks store,
      IntSupplier copies,
      Supplier<@Nullable Stay> hindrance,
      InstantSource time,
      Lost lost) {
    this.holders = holders;
    this.receipts = receipts;
    this.locks = locks;
    this.store = store;
    this.copies = copies;
    this.hindrance = hindrance;
    this.time = time;
    this.lost = lost;
  }

  /** What is in the way of every block now, or null when the rule decides for each. */
  public @Nullable Stay hindrance() {
    Stay now = hindrance.get();
    if (now != null) {
      return now;
    }
    if (copies.getAsInt() < 1) {
      return Stay.NONE_ASKED;
    }
    return holders.others().size() < copies.getAsInt() ? Stay.FEW : null;
  }

  /**
   * Lets blocks go, those of them that may.
   *
   * @param blocks at most {@link #BATCH_MAX} blocks of the local store, and their sealed lengths
   */
  public Evicted evict(Map<BlockAddress, Integer> blocks) throws IOException {
    checkSize(blocks.size());
    Stay all = hindrance();
    if (all != null) {
      return new Evicted(0, 0, Map.of(all, (long) blocks.size()));
    }
    turn.lock();
    try {
      return attempt(blocks);
    } finally {
      turn.unlock();
    }
  }

  private Evicted attempt(Map<BlockAddress, Integer> blocks) throws IOException {
    Attempt attempt = new Attempt(blocks.keySet());
    try {
      attempt.lock(blocks);
      List<BlockAddress> go = locks.go(attempt.asked, copies.getAsInt());
      long bytes = go.isEmpty() ? 0 : store.drop(go);
      return new Evicted(go.size(), bytes, attempt.stayed(go));
    } finally {
      locks.end(attempt.asked);
    }
  }

  /**
   * Which of some blocks, that are not in the local store any more, could go now if they were: for
   * a file that came back and is to be replaced again. Their holders keep them until {@link
   * #release}, and some minutes beyond. Each holder reads them and signs anew where its word is
   * old.
   */
  public Set<BlockAddress> vouched(Collection<BlockAddress> blocks) {
    if (blocks.isEmpty() || hindrance() != null) {
      return Set.of();
    }
    Set<BlockAddress> kept = new HashSet<>();
    for (List<BlockAddress> batch : batches(blocks)) {
      Attempt attempt = new Attempt(batch);
      attempt.lock(Map.of());
      kept.addAll(locks.kept(attempt.asked, copies.getAsInt()));
    }
    return kept;
  }

  /** What {@link #vouched} was asked for has been done. */
  public void release(Collection<BlockAddress> blocks) {
    locks.end(blocks);
  }

  private static void checkSize(int size) {
    if (size > BATCH_MAX) {
      throw new IllegalArgumentException("a batch has at most " + BATCH_MAX + " blocks");
    }
  }

  private static List<List<BlockAddress>> batches(Collection<BlockAddress> blocks) {
    List<BlockAddress> all = List.copyOf(new HashSet<>(blocks));
    List<List<BlockAddress>> batches = new ArrayList<>();
    for (int from = 0; from < all.size(); from += BATCH_MAX) {
      batches.add(all.subList(from, Math.min(all.size(), from + BATCH_MAX)));
    }
    return batches;
  }

  /** The locks of one batch, and what was in the way of getting them. */
  private final class Attempt {
    private final List<BlockAddress> asked;
    private final Map<BlockAddress, Stay> inTheWay = new LinkedHashMap<>();

    Attempt(Collection<BlockAddress> blocks) {
      asked = locks.ask(blocks);
      Set<BlockAddress> begun = new HashSet<>(asked);
      for (BlockAddress block : blocks) {
        if (!begun.contains(block)) {
          inTheWay.put(block, Stay.LOCKED);
        }
      }
    }

    /**
     * @param lengths sealed lengths, for audits; a block without one is signed for anew instead
     */
    void lock(Map<BlockAddress, Integer> lengths) {
      Map<NodeId, List<BlockAddress>> byHolder = new LinkedHashMap<>();
      for (BlockAddress block : asked) {
        List<NodeId> signed = receipts.holders(block);
        List<NodeId> there = signed.stream().filter(holders::reachable).toList();
        if (signed.size() < copies.getAsInt()) {
          inTheWay.put(block, Stay.COPIES);
        } else if (there.size() < copies.getAsInt()) {
          inTheWay.put(block, Stay.UNREACHABLE);
        } else {
          inTheWay.put(block, Stay.UNPROVED);
          for (NodeId holder : there) {
            byHolder.computeIfAbsent(holder, _ -> new ArrayList<>()).add(block);
          }
        }
      }
      byHolder.forEach((holder, blocks) -> lock(holder, blocks, lengths));
    }

    private void lock(
        NodeId holder, List<BlockAddress> blocks, Map<BlockAddress, Integer> lengths) {
      try {
        Moment before = locks.now();
        Set<BlockAddress> locked = holders.lock(holder, blocks);
        List<BlockAddress> good = new ArrayList<>();
        List<AuditItem> doubted = new ArrayList<>();
        List<BlockAddress> unknown = new ArrayList<>();
        for (BlockAddress block : blocks) {
          Integer length = lengths.get(block);
          if (locked.contains(block) && isFresh(block)) {
            good.add(block);
          } else if (length != null) {
            doubted.add(new AuditItem(block, length));
          } else {
            unknown.add(block);
          }
        }
        good.addAll(audited(holder, doubted, locked));
        good.addAll(signedAnew(holder, unknown, locked));
        locks.granted(holder, good, before);
      } catch (IOException e) {
        LOG.info("{} did not lock {} blocks: {}", holder.brief(), blocks.size(), e.getMessage());
      }
    }

    private boolean isFresh(BlockAddress block) {
      return !time.instant().isAfter(receipts.oldest(block).plus(FRESH));
    }

    /** What a holder cannot prove it is taken not to have, locked or not. */
    private List<BlockAddress> audited(
        NodeId holder, List<AuditItem> items, Set<BlockAddress> locked) throws IOException {
      if (items.isEmpty()) {
        return List.of();
      }
      Set<BlockAddress> proved = holders.audit(holder, items);
      List<BlockAddress> good = new ArrayList<>();
      for (AuditItem item : items) {
        if (!proved.contains(item.address())) {
          lost.lost(holder, item.address());
        } else if (locked.contains(item.address())) {
          good.add(item.address());
        }
      }
      return good;
    }

    private List<BlockAddress> signedAnew(
        NodeId holder, List<BlockAddress> blocks, Set<BlockAddress> locked) throws IOException {
      List<BlockAddress> kept = blocks.stream().filter(locked::contains).toList();
      if (kept.isEmpty()) {
        return List.of();
      }
      var receipt = holders.renew(holder, kept);
      receipts.add(List.of(receipt));
      Set<BlockAddress> signed = Set.copyOf(receipt.addresses());
      return kept.stream().filter(signed::contains).toList();
    }

    Map<Stay, Long> stayed(Collection<BlockAddress> gone) {
      gone.forEach(inTheWay::remove);
      Map<Stay, Long> stayed = new EnumMap<>(Stay.class);
      inTheWay.values().forEach(stay -> stayed.merge(stay, 1L, Long::sum));
      return stayed;
    }
  }
}
