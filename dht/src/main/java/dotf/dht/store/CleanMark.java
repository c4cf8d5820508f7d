package dotf.dht.store;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import dotf.dht.store.SegmentHeader.StoreId;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The file that says that the index may be believed: written as the last act of a clean stop,
 * removed as the first act of a start. {@code magic 8 | version 4 | covered 4 | store id 16 |
 * counts 32 | filter | CRC 4}.
 *
 * @param covered the last sealed segment, all of whose predecessors are in the index too
 * @param counts of the sealed segments
 */
record CleanMark(int covered, Counts counts, KeyFilter filter) {
  static final String NAME = "clean";
  private static final String NEW_NAME = "clean.tmp";
  private static final long MAGIC = 0x646f746620636c6eL; // "dotf cln"
  private static final int VERSION = 1;
  private static final int FIXED_BYTES = 8 + 4 + 4 + 16 + Counts.BYTES + 4;
  private static final int BYTES_MAX = 64 << 20;

  void write(Directory directory, StoreId store) throws IOException {
    ByteBuffer to = ByteBuffer.allocate(FIXED_BYTES + filter.encodedBytes());
    to.putLong(MAGIC).putInt(VERSION).putInt(covered).putLong(store.high()).putLong(store.low());
    counts.write(to);
    filter.encode(to);
    to.putInt(Entry.crc(to.duplicate().flip()));
    directory.unlink(NEW_NAME);
    try (OpenFile file = directory.create(NEW_NAME, 0600)) {
      file.write(to.flip(), 0);
      file.sync();
    }
    directory.replace(NEW_NAME, NAME);
    directory.sync();
  }

  /**
   * Reads the mark and removes it; null when there is none to be believed.
   *
   * @param last the last sealed segment
   */
  static @Nullable CleanMark take(Directory directory, StoreId store, int last) throws IOException {
    if (directory.stat(NAME) == null) {
      return null;
    }
    ByteBuffer from;
    try (OpenFile file = directory.openRead(NAME)) {
      from = ByteBuffer.allocate((int) Math.min(BYTES_MAX, file.stat().size()));
      int _ = file.read(from, 0);
    }
    directory.unlink(NAME);
    directory.sync();
    CleanMark mark = decode(from.flip(), store);
    return mark == null || mark.covered != last ? null : mark;
  }

  private static @Nullable CleanMark decode(ByteBuffer from, StoreId store) {
    int length = from.remaining();
    if (length < FIXED_BYTES
        || Entry.crc(from.slice(0, length - 4)) != from.getInt(length - 4)
        || from.getLong() != MAGIC
        || from.getInt() != VERSION) {
      return null;
    }
    int covered = from.getInt();
    if (!new StoreId(from.getLong(), from.getLong()).equals(store)) {
      return null;
    }
    return new CleanMark(covered, Counts.read(from), KeyFilter.decode(from));
  }
}
