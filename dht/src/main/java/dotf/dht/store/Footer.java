package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.disk.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The end of a sealed segment, searched where it lies or in memory: {@code entries | ordinals |
 * magic 8 | records 4 | chunks 4 | last commit 8 | CRC of entries and ordinals 4 | CRC of the
 * trailer 4}. Entries are sorted by address, then offset; the ordinals (u32) name the own blocks
 * among them, sorted by chunk id.
 */
final class Footer implements Facts {
  static final int TRAILER_BYTES = 32;
  private static final int ORDINAL_BYTES = 4;
  private static final long MAGIC = 0x646f746620656e64L; // "dotf end"
  private static final int PAGE_ENTRIES = 780;

  private final SegmentFiles files;
  private final int segment;
  private final long start;
  private final int records;
  private final int chunks;
  private final long lastCommit;
  private final int crc;

  /** A copy of entries and ordinals, or null: then they are read from the file. */
  private volatile @Nullable ByteBuffer copy;

  private Footer(SegmentFiles files, int segment, long size, ByteBuffer trailer) {
    this.files = files;
    this.segment = segment;
    records = trailer.getInt(8);
    chunks = trailer.getInt(12);
    lastCommit = trailer.getLong(16);
    crc = trailer.getInt(24);
    start = size - bytes(records, chunks);
  }

  /** What a footer for so many records, of which so many have a chunk id, takes. */
  static long bytes(long records, long chunks) {
    return records * Entry.FOOTER_BYTES + chunks * ORDINAL_BYTES + TRAILER_BYTES;
  }

  /** The footer at the end of a segment of {@code size} bytes, or null when there is none. */
  static @Nullable Footer open(SegmentFiles files, int segment, long size) throws IOException {
    if (size < SegmentHeader.BYTES + TRAILER_BYTES) {
      return null;
    }
    ByteBuffer trailer = ByteBuffer.allocate(TRAILER_BYTES);
    int _ = files.read(segment, file -> file.read(trailer, size - TRAILER_BYTES));
    if (trailer.hasRemaining()
        || trailer.getLong(0) != MAGIC
        || Entry.crc(trailer.slice(0, TRAILER_BYTES - 4)) != trailer.getInt(TRAILER_BYTES - 4)
        || trailer.getInt(8) < trailer.getInt(12)
        || trailer.getInt(12) < 0) {
      return null;
    }
    Footer footer = new Footer(files, segment, size, trailer);
    return footer.start < SegmentHeader.BYTES ? null : footer;
  }

  /** The footer's bytes for these entries, which are sorted. */
  static ByteBuffer encode(List<Entry> sorted, long lastCommit) {
    int[] ordinals =
        IntStream.range(0, sorted.size())
            .filter(i -> hasChunk(sorted.get(i)))
            .boxed()
            .sorted((a, b) -> sorted.get(a).id().compareTo(sorted.get(b).id()))
            .mapToInt(Integer::intValue)
            .toArray();
    ByteBuffer to = ByteBuffer.allocate((int) bytes(sorted.size(), ordinals.length));
    sorted.forEach(entry -> entry.writeFooter(to));
    IntStream.of(ordinals).forEach(to::putInt);
    int crc = Entry.crc(to.duplicate().flip());
    int trailer = to.position();
    to.putLong(MAGIC).putInt(sorted.size()).putInt(ordinals.length).putLong(lastCommit);
    to.putInt(crc).putInt(Entry.crc(to.duplicate().flip().position(trailer)));
    return to.flip();
  }

  static boolean hasChunk(Entry entry) {
    return entry.type() == Entry.Type.OWN && !entry.id().equals(Id.NONE);
  }

  /** Where the records end. */
  long start() {
    return start;
  }

  long lastCommit() {
    return lastCommit;
  }

  /** Bytes of the whole footer. */
  long bytes() {
    return bytes(records, chunks);
  }

  /** From now on it is searched in memory. */
  void load() throws IOException {
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(bytes() - TRAILER_BYTES));
    read(all, start);
    copy = all;
  }

  /** From now on it is searched where it lies; whether it was in memory. */
  boolean unload() {
    boolean loaded = copy != null;
    copy = null;
    return loaded;
  }

  /** Whether every byte of the footer is as written. */
  boolean intact() throws IOException {
    CRC32C sum = new CRC32C();
    ByteBuffer page = ByteBuffer.allocate(64 << 10);
    long end = start + bytes() - TRAILER_BYTES;
    for (long at = start; at < end; at += page.limit()) {
      page.clear().limit((int) Math.min(page.capacity(), end - at));
      readFile(page, at);
      sum.update(page);
      page.flip();
    }
    return (int) sum.getValue() == crc;
  }

  @Override
  public int segment() {
    return segment;
  }

  @Override
  public int count() {
    return records;
  }

  @Override
  public List<Entry> of(BlockAddress address) throws IOException {
    List<Entry> found = new ArrayList<>();
    for (int i = lowerBound(address); i < records; i++) {
      Entry entry = entry(i);
      if (!entry.address().equals(address)) {
        break;
      }
      found.add(entry);
    }
    return found;
  }

  @Override
  public @Nullable BlockAddress find(Id chunk) throws IOException {
    int low = 0;
    int high = chunks;
    while (low < high) {
      int middle = (low + high) >>> 1;
      Entry entry = entry(ordinal(middle));
      int order = entry.id().compareTo(chunk);
      if (order == 0) {
        return entry.address();
      }
      if (order < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return null;
  }

  @Override
  public void range(BlockAddress from, @Nullable BlockAddress to, Visitor visitor)
      throws IOException {
    ByteBuffer page = ByteBuffer.allocate(PAGE_ENTRIES * Entry.FOOTER_BYTES);
    for (int i = lowerBound(from); i < records; i += PAGE_ENTRIES) {
      page.clear().limit(Math.min(PAGE_ENTRIES, records - i) * Entry.FOOTER_BYTES);
      read(page, position(i));
      while (page.hasRemaining()) {
        Entry entry = checked(Entry.readFooter(page));
        if (to != null && entry.address().compareTo(to) >= 0) {
          return;
        }
        visitor.visit(entry);
      }
    }
  }

  /** The first entry whose address is not below this one. */
  private int lowerBound(BlockAddress address) throws IOException {
    int low = 0;
    int high = records;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entry(middle).address().compareTo(address) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private long position(int entry) {
    return start + (long) entry * Entry.FOOTER_BYTES;
  }

  private Entry entry(int index) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Entry.FOOTER_BYTES);
    read(bytes, position(index));
    return checked(Entry.readFooter(bytes));
  }

  private int ordinal(int index) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(ORDINAL_BYTES);
    read(bytes, position(records) + (long) index * ORDINAL_BYTES);
    int ordinal = bytes.getInt(0);
    if (ordinal < 0 || ordinal >= records) {
      throw damaged();
    }
    return ordinal;
  }

  /** Fills the buffer and flips it. */
  private void read(ByteBuffer into, long position) throws IOException {
    ByteBuffer memory = copy;
    if (memory == null) {
      readFile(into, position);
    } else {
      into.put(memory.slice((int) (position - start), into.remaining())).flip();
    }
  }

  private void readFile(ByteBuffer into, long position) throws IOException {
    int _ = files.read(segment, file -> file.read(into, position));
    if (into.hasRemaining()) {
      throw damaged();
    }
    into.flip();
  }

  private Entry checked(@Nullable Entry entry) throws IOException {
    if (entry == null) {
      throw damaged();
    }
    return entry;
  }

  private IOException damaged() {
    return new IOException(
        "The footer of segment "
            + SegmentHeader.name(segment)
            + " is damaged: run 'dotf verify' to see which blocks are affected.");
  }

  /** Appends a footer at the end of the records of an open segment, and makes it durable. */
  static long append(OpenFile file, long end, Table table, long lastCommit) throws IOException {
    ByteBuffer footer = encode(table.sorted(), lastCommit);
    long size = end + footer.remaining();
    file.write(footer, end);
    file.syncData();
    return size;
  }
}
