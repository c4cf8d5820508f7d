package dotf.dht.store;

import dotf.chunker.disk.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a segment that has no footer, record by record. A record is good when both its CRCs are. A
 * bad stretch with a good record behind it is a gap, and is stepped over; a bad stretch with
 * nothing behind it is the tail that a crash may leave.
 */
final class SegmentScan {
  private static final int WINDOW_BYTES = 4 << 20;

  private static final int SECTOR_BYTES = 512;

  private final OpenFile file;
  private final long limit;
  private final boolean holes;
  private final ByteBuffer window;
  private long windowStart = -1;

  /**
   * What a scan found.
   *
   * @param end just behind the last good record
   * @param lastCommit the highest commit number seen, 0 when there is no record
   */
  record Result(List<Entry> entries, List<Gap> gaps, long end, long lastCommit) {
    /**
     * Whether the gap lost records that had been acknowledged: a later commit exists, and a commit
     * begins only when the one before it is durable. A gap within the last commit may be the mark
     * of a crash instead.
     */
    boolean damaged(Gap gap) {
      long own = gap.header == null ? lastCommit : gap.header.commit();
      return Math.min(own, gap.commitAfter) < lastCommit;
    }
  }

  /**
   * Bytes that are no record, with good records behind them.
   *
   * @param header the record header at the start of the gap, when that much of it is intact
   */
  record Gap(long start, long end, Entry.@Nullable Header header, long commitAfter) {}

  private SegmentScan(OpenFile file, long limit, boolean holes) {
    this.file = file;
    this.limit = limit;
    this.holes = holes;
    window = ByteBuffer.allocateDirect((int) Math.min(WINDOW_BYTES, limit)).limit(0);
  }

  /** Scans the records before {@code limit} of the segment that was being written. */
  static Result active(OpenFile file, long limit) throws IOException {
    return new SegmentScan(file, limit, false).scan();
  }

  /**
   * Scans the records before {@code limit} of an older segment. There payloads of dropped blocks
   * may have been made holes: their records count, so that what followed them is understood.
   */
  static Result sealed(OpenFile file, long limit) throws IOException {
    return new SegmentScan(file, limit, true).scan();
  }

  private Result scan() throws IOException {
    List<Entry> entries = new ArrayList<>();
    List<Gap> gaps = new ArrayList<>();
    long position = SegmentHeader.BYTES;
    long end = position;
    long commit = 0;
    while (position + Entry.HEADER_BYTES <= limit) {
      Entry.Header header = header(position);
      if (header != null && payloadGood(header.entry())) {
        if (end != position) {
          gaps.add(new Gap(end, position, header(end), header.commit()));
        }
        entries.add(header.entry());
        commit = Math.max(commit, header.commit());
        position = header.entry().end();
        end = position;
      } else if (header != null && header(header.entry().end()) != null) {
        position = header.entry().end();
      } else {
        position = candidate(position + 1);
      }
    }
    return new Result(entries, gaps, end, commit);
  }

  private Entry.@Nullable Header header(long position) throws IOException {
    if (position + Entry.HEADER_BYTES > limit) {
      return null;
    }
    ByteBuffer bytes = at(position, Entry.HEADER_BYTES);
    return bytes == null ? null : Entry.readHeader(bytes, (int) position);
  }

  private boolean payloadGood(Entry entry) throws IOException {
    if (entry.end() > limit) {
      return false;
    }
    ByteBuffer bytes = at(entry.payloadOffset(), entry.length() + Entry.TRAILER_BYTES);
    if (bytes == null) {
      return false;
    }
    ByteBuffer payload = bytes.slice(bytes.position(), entry.length());
    return Entry.crc(payload.duplicate()) == bytes.getInt(bytes.position() + entry.length())
        || (holes && isHole(payload));
  }

  /** Sealed bytes never hold so many zeros in a row; around a hole some of them are left. */
  private static boolean isHole(ByteBuffer payload) {
    int zeros = 0;
    while (payload.hasRemaining() && zeros < SECTOR_BYTES) {
      zeros = payload.get() == 0 ? zeros + 1 : 0;
    }
    return zeros == SECTOR_BYTES;
  }

  /** The next position whose eight bytes could begin a record; the limit when there is none. */
  private long candidate(long from) throws IOException {
    for (long position = from; position + Entry.HEADER_BYTES <= limit; position++) {
      ByteBuffer bytes = at(position, Entry.HEADER_BYTES);
      if (bytes == null) {
        return limit;
      }
      if (Entry.couldBegin(bytes)) {
        return position;
      }
    }
    return limit;
  }

  /** The window, positioned at {@code position}, with at least {@code length} bytes; else null. */
  private @Nullable ByteBuffer at(long position, int length) throws IOException {
    if (windowStart < 0
        || position < windowStart
        || position + length > windowStart + window.limit()) {
      window.clear();
      int _ = file.read(window, position);
      window.flip();
      windowStart = position;
      if (window.limit() < length) {
        return null;
      }
    }
    return window.duplicate().position((int) (position - windowStart));
  }
}
