package dotf.dht.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * The first 64 bytes of a segment: {@code magic 8 | version 4 | number 4 | store id 16 | previous 8
 * | reserved 20 | CRC 4}.
 *
 * @param version in an older dotf reads version 1 and knows no tombstones, so none is written there
 * @param number counted from 1
 * @param previous how many bytes of the segment before this one may be trusted: all, unless a sync
 *     of it failed
 */
record SegmentHeader(int version, int number, StoreId store, long previous) {
  static final int BYTES = 64;
  static final int VERSION = 2;
  private static final long MAGIC = 0x646f746620736567L; // "dotf seg"

  /** The random identity of one store; a store that was deleted and made again has another. */
  record StoreId(long high, long low) {
    byte[] bytes() {
      return ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    }

    @Override
    public String toString() {
      return HexFormat.of().formatHex(bytes());
    }
  }

  /** The header of a segment that is begun now. */
  static SegmentHeader begin(int number, StoreId store, long previous) {
    return new SegmentHeader(VERSION, number, store, previous);
  }

  ByteBuffer encode() {
    ByteBuffer to = ByteBuffer.allocate(BYTES);
    to.putLong(MAGIC).putInt(version).putInt(number);
    to.putLong(store.high).putLong(store.low).putLong(previous);
    to.putInt(BYTES - 4, Entry.crc(to.slice(0, BYTES - 4)));
    return to.clear();
  }

  /**
   * The header, or null when these bytes are not an intact one.
   *
   * @throws IOException when a newer version of dotf wrote it
   */
  static @Nullable SegmentHeader decode(ByteBuffer from, String name) throws IOException {
    if (from.remaining() < BYTES
        || from.getLong() != MAGIC
        || Entry.crc(from.slice(0, BYTES - 4)) != from.getInt(BYTES - 4)) {
      return null;
    }
    int version = from.getInt();
    if (version < 1 || version > VERSION) {
      throw new IOException(
          "%s was written by a newer dotf (segment version %d, this one reads %d): update dotf."
              .formatted(name, version, VERSION));
    }
    int number = from.getInt();
    StoreId store = new StoreId(from.getLong(), from.getLong());
    return new SegmentHeader(version, number, store, from.getLong());
  }

  static String name(int number) {
    return "%08d.seg".formatted(number);
  }

  /** The number in a segment's name, or 0 when the name is not a segment's. */
  static int numberOf(String name) {
    return name.matches("[0-9]{8}\\.seg") ? Integer.parseInt(name.substring(0, 8)) : 0;
  }
}
