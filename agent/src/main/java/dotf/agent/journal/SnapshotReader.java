package dotf.agent.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads a snapshot's records one after the other: u32 length, record. */
final class SnapshotReader {
  private static final int RECORD_BYTES_MAX = 1 << 20;

  private final Bytes bytes;
  private final ByteBuffer length = ByteBuffer.allocate(Integer.BYTES);
  private long position;

  SnapshotReader(Bytes bytes) {
    this.bytes = bytes;
  }

  /** Bytes at a position: fills the buffer unless they end before; the number read. */
  interface Bytes {
    int read(ByteBuffer into, long position) throws IOException;
  }

  /** The next record, or null at the end. */
  byte @Nullable [] next() throws IOException {
    length.clear();
    int read = bytes.read(length, position);
    if (read == 0) {
      return null;
    }
    int size = read == Integer.BYTES ? length.getInt(0) : -1;
    if (size < 0 || size > RECORD_BYTES_MAX) {
      throw new IOException("a snapshot of the journal is damaged at byte " + position);
    }
    byte[] record = new byte[size];
    if (bytes.read(ByteBuffer.wrap(record), position + Integer.BYTES) != size) {
      throw new IOException("a snapshot of the journal is cut short");
    }
    position += Integer.BYTES + size;
    return record;
  }
}
