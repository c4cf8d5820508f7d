package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.SealedBlock;
import dotf.dht.store.Held.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Reads blocks out of segments, believing nothing. */
final class BlockReader {
  private final SegmentFiles files;

  /**
   * Up to which byte each segment's cached pages have been dropped since they were written:
   * whatever of it is cached now came from the disk.
   */
  private final ConcurrentHashMap<Integer, Long> dropped = new ConcurrentHashMap<>();

  BlockReader(SegmentFiles files) {
    this.files = files;
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
   * Reads after the pages of the record have been dropped from the kernel's memory.
   *
   * @param durable up to where the segment is on the disk, so that one drop serves all of it
   */
  SealedBlock readFromDisk(BlockAddress address, @Nullable Place place, long durable)
      throws IOException {
    if (place != null && dropped.getOrDefault(place.segment(), 0L) < place.end()) {
      boolean _ =
          files.read(
              place.segment(),
              file -> {
                file.dropCache();
                return true;
              });
      dropped.merge(place.segment(), durable, Math::max);
    }
    return read(address, place);
  }

  private static BlockCorruptException corrupt(BlockAddress address, Place place) {
    return new BlockCorruptException(
        address,
        "Block %s is damaged in %s at byte %d: it is fetched from a holder when needed."
            .formatted(address, SegmentHeader.name(place.segment()), place.offset()));
  }
}
