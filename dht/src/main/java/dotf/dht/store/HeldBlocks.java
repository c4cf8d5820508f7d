package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.ChunkId;
import dotf.dht.store.BlockIndex.BrokenException;
import dotf.dht.store.Indexing.Indexed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which durable blocks the store holds, and where. Three places are asked: the table of the segment
 * being written, the footers of sealed segments that the index does not cover yet, and the index.
 * The last two only when the filter says that it may pay. One thread changes it, any may ask.
 */
final class HeldBlocks {
  private static final Logger LOG = LoggerFactory.getLogger(HeldBlocks.class);

  /** So many segments are searched one by one, or a part of all when they are very many. */
  private static final int UNINDEXED_MAX = 64;

  private static final int UNINDEXED_PART = 32;

  private final KeyFilter filter;
  private final Indexing indexing;
  private final long footerMemory;
  private volatile View view;
  private volatile Counts counts;
  private volatile Counts sealedCounts;
  private long loadedBytes;

  /**
   * What there is to ask.
   *
   * @param sealed oldest first
   */
  private record View(Table active, List<Facts> sealed, @Nullable Indexed indexed) {
    /** The index knows the segments up to this number. */
    int covered() {
      return indexed == null ? 0 : indexed.covered();
    }
  }

  /**
   * Starts with sealed segments, some of which an index may cover.
   *
   * @param footerMemory bytes of footers to be kept in memory
   */
  HeldBlocks(
      List<Facts> sealed,
      Counts counts,
      KeyFilter filter,
      Indexing indexing,
      @Nullable Indexed indexed,
      long footerMemory) {
    this.filter = filter;
    this.indexing = indexing;
    this.footerMemory = footerMemory;
    this.counts = counts;
    sealedCounts = counts;
    int last = sealed.isEmpty() ? 0 : sealed.getLast().segment();
    view = new View(new Table(last + 1), List.copyOf(sealed), indexed);
    sealed.subList(unindexedFrom(), sealed.size()).forEach(this::load);
    index();
  }

  /** The position in the list of sealed segments of the first that the index does not cover. */
  private int unindexedFrom() {
    int from = view.sealed.size();
    while (from > 0 && view.sealed.get(from - 1).segment() > view.covered()) {
      from--;
    }
    return from;
  }

  private void load(Facts facts) {
    if (facts instanceof Footer footer && loadedBytes <= footerMemory) {
      try {
        footer.load();
        loadedBytes += footer.bytes();
      } catch (IOException e) {
        LOG.warn("A footer is not kept in memory: {}", e.getMessage());
      }
    }
  }

  /** What is known of an address. */
  Held of(BlockAddress address) throws IOException {
    View now = view;
    Held held = merged(now.active, address);
    if (!filter.maybe(address.bytes())) {
      return held;
    }
    held = held.merge(searched(now.sealed, now.covered(), Integer.MAX_VALUE, address));
    Indexed indexed = now.indexed;
    if (indexed == null) {
      return held;
    }
    try {
      Held known = indexed.index().find(address);
      if (known == null) {
        // The filter is wrong once in a thousand; more often, it would be the index.
        known = searched(now.sealed, 0, now.covered(), address);
        if (!known.equals(Held.NOTHING)) {
          throw new BrokenException("it does not know a block", null);
        }
      }
      return known.merge(held);
    } catch (BrokenException e) {
      abandon(indexed, e);
      return of(address);
    }
  }

  /** What the footers of the segments after {@code from}, up to {@code to}, say. */
  private static Held searched(List<Facts> sealed, int from, int to, BlockAddress address)
      throws IOException {
    Held held = Held.NOTHING;
    for (Facts facts : sealed.reversed()) {
      if (facts.segment() <= from) {
        break;
      }
      if (facts.segment() <= to) {
        held = merged(facts, address).merge(held);
      }
    }
    return held;
  }

  /** The address of the own block with this chunk id, or null. */
  @Nullable BlockAddress find(ChunkId chunk) throws IOException {
    View now = view;
    Id id = Id.of(chunk);
    BlockAddress found = now.active.find(id);
    if (found != null || !filter.maybe(chunk.bytes())) {
      return found;
    }
    for (Facts facts : now.sealed.reversed()) {
      if (facts.segment() <= now.covered()) {
        break;
      }
      found = facts.find(id);
      if (found != null) {
        return found;
      }
    }
    Indexed indexed = now.indexed;
    try {
      return indexed == null ? null : indexed.index().find(id);
    } catch (BrokenException e) {
      abandon(indexed, e);
      return find(chunk);
    }
  }

  private static Held merged(Facts facts, BlockAddress address) throws IOException {
    Held held = Held.NOTHING;
    for (Entry entry : facts.of(address)) {
      held = held.merge(Held.of(entry, facts.segment()));
    }
    return held;
  }

  private synchronized void abandon(@Nullable Indexed indexed, Throwable cause) {
    if (indexed != null && indexed.equals(view.indexed)) {
      LOG.warn("The store's index is out of use; segments are searched instead.", cause);
      view = new View(view.active, view.sealed, null);
      indexing.discard(indexed);
    }
  }

  /** Makes a durable record of the active segment known. */
  void publish(Entry entry) {
    Table active = view.active;
    Held before = before(entry.address());
    counts = counts.changed(before, before.merge(Held.of(entry, active.segment())));
    filter.add(entry.address().bytes());
    if (Footer.hasChunk(entry)) {
      filter.add(entry.id().bytes());
    }
    active.add(entry);
  }

  /** For the figures only, which may be off until the next start when a footer is unreadable. */
  private Held before(BlockAddress address) {
    try {
      return of(address);
    } catch (IOException e) {
      LOG.warn("Cannot tell whether a block was held before: {}", e.getMessage());
      return Held.NOTHING;
    }
  }

  /** The table of the segment that is being written. */
  Table active() {
    return view.active;
  }

  /** The active segment is complete: {@code facts} says what its table said. */
  synchronized void seal(Facts facts, int nextSegment) {
    sealedCounts = counts;
    List<Facts> sealed = new ArrayList<>(view.sealed);
    sealed.add(facts);
    view = new View(new Table(nextSegment), List.copyOf(sealed), view.indexed);
    load(facts);
    index();
  }

  /** Has an index made when searching the segments without one would take long. */
  private void index() {
    int unindexed = sealedSegments() - view.covered();
    boolean many = unindexed > Math.max(UNINDEXED_MAX, view.covered() / UNINDEXED_PART);
    if (many || loadedBytes > footerMemory) {
      indexing.build(view.sealed, this::indexed);
    }
  }

  private synchronized void indexed(Indexed made) {
    Indexed old = view.indexed;
    view = new View(view.active, view.sealed, made);
    List<Facts> covered = view.sealed.subList(0, unindexedFrom());
    loadedBytes -= covered.stream().mapToLong(HeldBlocks::unload).sum();
    if (old != null) {
      indexing.discard(old);
    }
  }

  /** The bytes of memory that this gives back. */
  private static long unload(Facts facts) {
    return facts instanceof Footer footer && footer.unload() ? footer.bytes() : 0;
  }

  Counts counts() {
    return counts;
  }

  /** Number of the last sealed segment, 0 when there is none. */
  int sealedSegments() {
    return view.sealed.isEmpty() ? 0 : view.sealed.getLast().segment();
  }

  /** Every segment's facts, oldest first. */
  List<Facts> all() {
    View now = view;
    List<Facts> all = new ArrayList<>(now.sealed);
    all.add(now.active);
    return all;
  }

  /** Closes segments and index; what the next start may take over. */
  CleanMark close(SegmentFiles files) throws IOException {
    indexing.closing();
    files.close();
    indexing.close();
    Indexed indexed = view.indexed;
    if (indexed != null) {
      indexed.index().close();
    }
    return new CleanMark(sealedSegments(), sealedCounts, filter);
  }
}
