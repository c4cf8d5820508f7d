package dotf.agent.journal;

import dotf.agent.journal.JournalRecord.Sealed;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The records of a whole state, in a file without a name that goes when this is closed. The same
 * state always gives the same bytes, so the splitter finds unchanged parts again.
 */
final class JournalSnapshot implements Closeable {
  private static final int BUFFER_BYTES = 1 << 20;

  /** So that replaying a compacted log never holds more records than these in memory. */
  private static final int RECORDS_PER_MARK = 1024;

  private final OpenFile file;
  private final long size;
  private final Chain chain;
  private final int contained;

  private JournalSnapshot(OpenFile file, long size, Chain chain, int contained) {
    this.file = file;
    this.size = size;
    this.chain = chain;
    this.contained = contained;
  }

  static JournalSnapshot write(Directory directory, Iterable<JournalRecord> records, int contained)
      throws IOException {
    OpenFile file = directory.createUnnamed(0600);
    try {
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
      Chain chain = Chain.START;
      long written = 0;
      for (JournalRecord record : records) {
        byte[] bytes = JournalRecordCodec.encode(record);
        chain = chain.then(bytes);
        if (buffer.remaining() < Integer.BYTES + bytes.length) {
          written += flush(file, buffer, written);
        }
        buffer.putInt(bytes.length).put(bytes);
      }
      written += flush(file, buffer, written);
      return new JournalSnapshot(file, written, chain, contained);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  OpenFile file() {
    return file;
  }

  /** Bytes. */
  long size() {
    return size;
  }

  /** The hash chain over all records, from its start. */
  Chain chain() {
    return chain;
  }

  /** How many of the journal's unsealed records are part of it. */
  int contained() {
    return contained;
  }

  /** What a log looks like that begins with this snapshot. */
  Iterable<byte[]> asLog(long sequence, BlockAddress batch, List<byte[]> later) {
    return () -> new LogRecords(sequence, batch, later.iterator());
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private static int flush(OpenFile file, ByteBuffer buffer, long position) throws IOException {
    buffer.flip();
    int bytes = buffer.remaining();
    file.write(buffer, position);
    buffer.clear();
    return bytes;
  }

  private final class LogRecords implements Iterator<byte[]> {
    private final long sequence;
    private final BlockAddress batch;
    private final Iterator<byte[]> later;
    private final SnapshotReader reader =
        new SnapshotReader((into, position) -> file.read(into, position));
    private Chain read = Chain.START;
    private int unmarked;
    private boolean markedEnd;

    LogRecords(long sequence, BlockAddress batch, Iterator<byte[]> later) {
      this.sequence = sequence;
      this.batch = batch;
      this.later = later;
    }

    @Override
    public boolean hasNext() {
      return !markedEnd || later.hasNext();
    }

    @Override
    public byte[] next() {
      if (markedEnd) {
        return later.next();
      }
      try {
        byte @Nullable [] record = unmarked < RECORDS_PER_MARK ? reader.next() : null;
        if (record != null) {
          unmarked++;
          read = read.then(record);
          return record;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return mark();
    }

    private byte[] mark() {
      if (unmarked < RECORDS_PER_MARK && !read.equals(chain)) {
        throw new NoSuchElementException("the snapshot reads differently from what was written");
      }
      markedEnd = unmarked < RECORDS_PER_MARK;
      byte[] mark = JournalRecordCodec.encode(new Sealed(sequence, batch, read, unmarked));
      unmarked = 0;
      return mark;
    }
  }
}
