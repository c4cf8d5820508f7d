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
  private final DeadCopies dead = new DeadCopies();
  private long loadedBytes;
  private long droppedInActive;

  /**
   * What there is to ask.
   *
   * @param sealed oldest first
   * @param unindexed position in {@code sealed} of the first that the index does not cover
   */
  private record View(Table active, List<Facts> sealed, @Nullable Indexed indexed, int unindexed) {
    static View of(Table active, List<Facts> sealed, @Nullable Indexed indexed) {
      int covered = indexed == null ? 0 : indexed.covered();
      int from = sealed.size();
      while (from > 0 && sealed.get(from - 1).segment() > covered) {
        from--;
      }
      return new View(active, List.copyOf(sealed), indexed, from);
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
    view = View.of(new Table(last + 1), sealed, indexed);
    view.sealed.subList(view.unindexed, sealed.size()).forEach(this::load);
    index();
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
    Indexed indexed = now.indexed;
    if (!filter.maybe(address.bytes())) {
      return said(List.of(now.active), address, Held.NOTHING);
    }
    try {
      Held known = indexed == null ? Held.NOTHING : indexed.index().find(address);
      if (known == null) {
        // The filter is wrong once in a thousand; more often, it would be the index.
        known = said(now.sealed.subList(0, now.unindexed), address, Held.NOTHING);
        if (!known.equals(Held.NOTHING)) {
          throw new BrokenException("it does not know a block", null);
        }
      }
      known = said(now.sealed.subList(now.unindexed, now.sealed.size()), address, known);
      return said(List.of(now.active), address, known);
    } catch (BrokenException e) {
      abandon(indexed, e);
      return of(address);
    }
  }

  /** What is known after the records of these segments, oldest first. */
  private static Held said(List<Facts> segments, BlockAddress address, Held before)
      throws IOException {
    Held held = before;
    for (Facts facts : segments) {
      for (Entry entry : facts.of(address)) {
        held = held.after(entry, facts.segment());
      }
    }
    return held;
  }

  /** The address of the own block with this chunk id, or null. */
  @Nullable BlockAddress find(ChunkId chunk) throws IOException {
    View now = view;
    Id id = Id.of(chunk);
    BlockAddress found = owned(now.active.find(id));
    if (found != null || !filter.maybe(chunk.bytes())) {
      return found;
    }
    for (Facts facts : now.sealed.subList(now.unindexed, now.sealed.size()).reversed()) {
      found = owned(facts.find(id));
      if (found != null) {
        return found;
      }
    }
    Indexed indexed = now.indexed;
    try {
      return indexed == null ? null : owned(indexed.index().find(id));
    } catch (BrokenException e) {
      abandon(indexed, e);
      return find(chunk);
    }
  }

  /** The address, unless the block was dropped. */
  private @Nullable BlockAddress owned(@Nullable BlockAddress address) throws IOException {
    return address != null && of(address).own() ? address : null;
  }

  /** Visits each block of which the index says something else than the segments it was made of. */
  void compareIndex(SortedFacts.BlockVisitor wrong) throws IOException {
    View now = view;
    Indexed indexed = now.indexed;
    if (indexed == null) {
      return;
    }
    new SortedFacts(now.sealed.subList(0, now.unindexed))
        .blocks(
            block -> {
              if (!agrees(indexed, block)) {
                wrong.visit(block);
              }
            });
  }

  private boolean agrees(Indexed indexed, SortedFacts.Block block) throws IOException {
    try {
      return block.held().equals(indexed.index().find(block.address()));
    } catch (BrokenException e) {
      abandon(indexed, e);
      return true;
    }
  }

  private synchronized void abandon(@Nullable Indexed indexed, Throwable cause) {
    if (indexed != null && indexed.equals(view.indexed)) {
      LOG.warn("The store's index is out of use; segments are searched instead.", cause);
      view = View.of(view.active, view.sealed, null);
      indexing.discard(indexed);
    }
  }

  /** Makes a durable record of the active segment known. */
  void publish(Entry entry) {
    Table active = view.active;
    Held before = before(entry.address());
    Held after = before.after(entry, active.segment());
    counts = counts.changed(before, after);
    Held.Place old = before.place();
    if (old != null && !old.equals(after.place())) {
      dead.add(old.segment(), entry.address());
      boolean dropped = after.place() == null && old.segment() == active.segment();
      droppedInActive += dropped ? old.length() : 0;
    }
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

  /** Copies whose space can be given back. */
  DeadCopies dead() {
    return dead;
  }

  /** Bytes of blocks in the active segment that were dropped; for the thread that publishes. */
  long droppedInActive() {
    return droppedInActive;
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
    view = View.of(new Table(nextSegment), sealed, view.indexed);
    droppedInActive = 0;
    load(facts);
    index();
  }

  /** Has an index made when searching the segments without one would take long. */
  private void index() {
    int unindexed = view.sealed.size() - view.unindexed;
    boolean many = unindexed > Math.max(UNINDEXED_MAX, view.unindexed / UNINDEXED_PART);
    if (many || loadedBytes > footerMemory) {
      indexing.build(view.sealed, this::indexed);
    }
  }

  private synchronized void indexed(Indexed made) {
    Indexed old = view.indexed;
    view = View.of(view.active, view.sealed, made);
    List<Facts> covered = view.sealed.subList(0, view.unindexed);
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
