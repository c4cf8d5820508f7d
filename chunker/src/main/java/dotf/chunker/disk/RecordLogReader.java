package dotf.chunker.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * Reads a record log from its start. Each record says how much of the file was durable when it was
 * appended; so a bad record is a torn tail unless a later good one says that it had been durable.
 */
final class RecordLogReader {
  private static final int WINDOW_BYTES = 4 << 20;
  private static final int FRAME_BYTES =
      RecordLog.RECORD_HEADER_BYTES + RecordLog.RECORD_TRAILER_BYTES;

  private final OpenFile file;
  private final String name;
  private final long size;
  private final ByteBuffer window;
  private long windowStart;

  RecordLogReader(OpenFile file, String name) throws IOException {
    this.file = file;
    this.name = name;
    this.size = file.stat().size();
    this.window = ByteBuffer.allocateDirect((int) Math.min(size, WINDOW_BYTES)).limit(0);
  }

  ByteBuffer header() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(RecordLog.HEADER_BYTES);
    file.read(header, 0);
    return header.flip();
  }

  /** Returns the position after the last good record. */
  long replay(Consumer<ByteBuffer> replay) throws IOException {
    long position = RecordLog.HEADER_BYTES;
    while (position < size) {
      if (!isRecord(position)) {
        refuseIfConfirmed(position);
        break;
      }
      int length = lengthAt(position);
      ByteBuffer record = ByteBuffer.allocate(length);
      record.put(0, window, offset(position) + RecordLog.RECORD_HEADER_BYTES, length);
      replay.accept(record.asReadOnlyBuffer());
      position += FRAME_BYTES + length;
    }
    return position;
  }

  private void refuseIfConfirmed(long bad) throws IOException {
    for (long position = bad + 1; position + FRAME_BYTES <= size; position++) {
      if (isRecord(position) && durableAt(position) > bad) {
        throw new IOException(
            name
                + " is damaged at byte "
                + bad
                + ", before records that are whole; restore it"
                + " from a copy");
      }
    }
  }

  private boolean isRecord(long position) throws IOException {
    if (!load(position, FRAME_BYTES)) {
      return false;
    }
    int offset = offset(position);
    int length = window.getInt(offset);
    if (length < 0
        || length > RecordLog.RECORD_BYTES_MAX
        || window.getInt(offset + 12) != RecordLog.crc(window.slice(offset, 12), position)
        || !load(position, FRAME_BYTES + length)) {
      return false;
    }
    int body = offset(position) + RecordLog.RECORD_HEADER_BYTES;
    return window.getInt(body + length) == RecordLog.crc(window.slice(body, length), position);
  }

  private int lengthAt(long position) {
    return window.getInt(offset(position));
  }

  private long durableAt(long position) {
    return window.getLong(offset(position) + 4);
  }

  private int offset(long position) {
    return (int) (position - windowStart);
  }

  /** Brings bytes into the window; false when the file ends before. */
  private boolean load(long position, int bytes) throws IOException {
    if (position < windowStart || position + bytes > windowStart + window.limit()) {
      window.clear();
      file.read(window, position);
      window.flip();
      windowStart = position;
    }
    return position + bytes <= windowStart + window.limit();
  }
}
