package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.ChunkId;
import dotf.dht.store.BlockIndex.BrokenException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
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

  private final KeyFilter filter;
  private final @Nullable BlockIndex index;
  private final BooleanSupplier roomForIndex;
  private volatile View view;
  private volatile Counts counts;
  private volatile Counts sealedCounts;
  private boolean abandoned;
  private boolean outgrown;

  /**
   * What there is to ask.
   *
   * @param sealed oldest first
   * @param covered the index knows the segments up to this number
   */
  private record View(Table active, List<Facts> sealed, int covered) {
    List<Facts> all() {
      List<Facts> all = new ArrayList<>(sealed);
      all.add(active);
      return all;
    }
  }

  /**
   * Starts with sealed segments only.
   *
   * @param index covers all of them, or is null: then their footers are searched
   * @param roomForIndex whether the disk has room for the index to grow
   */
  HeldBlocks(
      List<Facts> sealed,
      Counts counts,
      KeyFilter filter,
      @Nullable BlockIndex index,
      BooleanSupplier roomForIndex) {
    this.filter = filter;
    this.index = index;
    this.roomForIndex = roomForIndex;
    this.counts = counts;
    sealedCounts = counts;
    int last = sealed.isEmpty() ? 0 : sealed.getLast().segment();
    view = new View(new Table(last + 1), List.copyOf(sealed), index == null ? 0 : last);
  }

  /** What is known of an address. */
  Held of(BlockAddress address) throws IOException {
    View now = view;
    Held held = merged(now.active, address);
    if (!filter.maybe(address.bytes())) {
      return held;
    }
    held = held.merge(searched(now.sealed, now.covered, Integer.MAX_VALUE, address));
    if (now.covered == 0 || index == null) {
      return held;
    }
    try {
      Held indexed = index.find(address);
      if (indexed == null) {
        // The filter is wrong once in a thousand; more often, it would be the index.
        indexed = searched(now.sealed, 0, now.covered, address);
        if (!indexed.equals(Held.NOTHING)) {
          throw new BrokenException("it does not know a block", null);
        }
      }
      return indexed.merge(held);
    } catch (BrokenException e) {
      abandonIndex(e);
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
      if (facts.segment() <= now.covered) {
        break;
      }
      found = facts.find(id);
      if (found != null) {
        return found;
      }
    }
    try {
      return now.covered == 0 || index == null ? null : index.find(id);
    } catch (BrokenException e) {
      abandonIndex(e);
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

  private synchronized void abandonIndex(Throwable cause) {
    if (!abandoned) {
      abandoned = true;
      view = new View(view.active, view.sealed, 0);
      LOG.warn(
          "The store's index is out of use until the next start; segments are searched instead.",
          cause);
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
    view = new View(new Table(nextSegment), List.copyOf(sealed), view.covered);
    outgrown |= !roomForIndex.getAsBoolean();
    if (index != null && !abandoned && !outgrown) {
      index.add(facts, () -> covered(facts.segment()), this::abandonIndex);
    }
  }

  private synchronized void covered(int segment) {
    if (!abandoned) {
      view = new View(view.active, view.sealed, segment);
    }
  }

  Counts counts() {
    return counts;
  }

  /** Number of the last sealed segment, 0 when there is none. */
  int sealedSegments() {
    return view.sealed.isEmpty() ? 0 : view.sealed.getLast().segment();
  }

  List<Facts> all() {
    return view.all();
  }

  /**
   * Closes the index; what the next start may take over, or null when it has to read the footers.
   */
  @Nullable CleanMark close() throws IOException {
    if (index == null) {
      return null;
    }
    try {
      index.close();
    } catch (BrokenException e) {
      abandonIndex(e);
      return null;
    }
    int last = sealedSegments();
    return view.covered == last ? new CleanMark(last, sealedCounts, filter) : null;
  }
}
