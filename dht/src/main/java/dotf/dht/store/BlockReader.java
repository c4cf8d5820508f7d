package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.SealedBlock;
import dotf.dht.store.Held.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Reads blocks out of segments, believing nothing. */
final class BlockReader {
  private final SegmentFiles files;

  /** How old what the kernel keeps of the disk may be and still pass for the disk. */
  private static final long FRESH_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** What of each segment's cached pages came from the disk, and not from whoever wrote it. */
  private final ConcurrentHashMap<Integer, Dropped> dropped = new ConcurrentHashMap<>();

  private final LongSupplier nanos;

  /** The pages before {@code end} were dropped at a time. */
  private record Dropped(long end, long nanos) {}

  /** {@code nanos} is a monotonic clock. */
  BlockReader(SegmentFiles files, LongSupplier nanos) {
    this.files = files;
    this.nanos = nanos;
  }

  SealedBlock read(BlockAddress address, @Nullable Place place) throws IOException {
    if (place == null) {
      throw new BlockMissingException(address, "Block " + address + " is not in the store.");
    }
    ByteBuffer record = ByteBuffer.allocate(Entry.recordBytes(place.length()));
    int _ = files.read(place.segment(), file -> file.read(record, place.offset()));
    if (record.hasRemaining()) {
      throw corrupt(address, place);
    }
    record.flip();
    Entry.Header header = Entry.readHeader(record, place.offset());
    ByteBuffer payload = record.slice(Entry.HEADER_BYTES, place.length());
    if (header == null
        || !header.entry().address().equals(address)
        || header.entry().length() != place.length()
        || Entry.crc(payload.duplicate()) != record.getInt(record.limit() - Entry.TRAILER_BYTES)) {
      throw corrupt(address, place);
    }
    return SealedBlock.verified(address, payload);
  }

  /**
   * Reads after the pages of the record have been dropped from the kernel's memory; one drop serves
   * the whole segment for a minute.
   *
   * @param durable up to where the segment is on the disk
   */
  SealedBlock readFromDisk(BlockAddress address, @Nullable Place place, long durable)
      throws IOException {
    if (place != null && !isFresh(place)) {
      long now = nanos.getAsLong();
      boolean _ =
          files.read(
              place.segment(),
              file -> {
                file.dropCache();
                return true;
              });
      dropped.put(place.segment(), new Dropped(durable, now));
    }
    return read(address, place);
  }

  private boolean isFresh(Place place) {
    Dropped last = dropped.get(place.segment());
    return last != null && place.end() <= last.end && nanos.getAsLong() - last.nanos < FRESH_NANOS;
  }

  /** The next read from the disk of each segment really is one. */
  void forgetDropped() {
    dropped.clear();
  }

  private static BlockCorruptException corrupt(BlockAddress address, Place place) {
    return new BlockCorruptException(
        address,
        "Block %s is damaged in %s at byte %d: it is fetched from a holder when needed."
            .formatted(address, SegmentHeader.name(place.segment()), place.offset()));
  }
}
