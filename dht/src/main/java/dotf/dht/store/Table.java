package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The facts of a segment in memory: of the one that is being written, and of one that never got a
 * footer. Its size is bounded by the number of records in a segment.
 */
final class Table implements Facts {
  private static final Comparator<Entry> ORDER =
      Comparator.comparing(Entry::address).thenComparingInt(Entry::offset);

  private final int segment;
  private final ConcurrentHashMap<BlockAddress, List<Entry>> entries = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Id, BlockAddress> chunks = new ConcurrentHashMap<>();
  private final AtomicInteger count = new AtomicInteger();

  Table(int segment) {
    this.segment = segment;
  }

  void add(Entry entry) {
    entries.merge(entry.address(), List.of(entry), Table::append);
    if (entry.type() == Entry.Type.OWN && !entry.id().equals(Id.NONE)) {
      chunks.put(entry.id(), entry.address());
    }
    count.incrementAndGet();
  }

  private static List<Entry> append(List<Entry> old, List<Entry> added) {
    List<Entry> all = new ArrayList<>(old);
    all.addAll(added);
    return List.copyOf(all);
  }

  @Override
  public int segment() {
    return segment;
  }

  @Override
  public int count() {
    return count.get();
  }

  @Override
  public List<Entry> of(BlockAddress address) {
    return entries.getOrDefault(address, List.of());
  }

  @Override
  public @Nullable BlockAddress find(Id chunk) {
    return chunks.get(chunk);
  }

  @Override
  public void range(BlockAddress from, @Nullable BlockAddress to, Visitor visitor)
      throws java.io.IOException {
    for (Entry entry : sorted()) {
      if (entry.address().compareTo(from) >= 0
          && (to == null || entry.address().compareTo(to) < 0)) {
        visitor.visit(entry);
      }
    }
  }

  /** Every entry, by address and then by offset. */
  List<Entry> sorted() {
    return entries.values().stream().flatMap(List::stream).sorted(ORDER).toList();
  }
}
