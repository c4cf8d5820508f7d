package dotf.dht.store;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.DiskFullException;
import dotf.chunker.disk.OpenFile;
import dotf.dht.store.Batch.Item;
import dotf.dht.store.SegmentHeader.StoreId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends batches to the active segment and seals it when it is full. Used by the committer thread
 * only; no interrupt reaches it.
 *
 * <p>A sync that failed is never repeated: the kernel may have dropped the pages and would report
 * success the next time. The segment is left at its last durable byte, and the records that were
 * being written go to a new segment from memory.
 */
final class SegmentWriter implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentWriter.class);
  private static final String NEW_NAME = "new.seg.tmp";

  /**
   * A segment is sealed early when so many bytes of dropped blocks wait in it for that, and so
   * large a part of the store: each costs a file and a footer.
   */
  private static final int HOLLOW_BYTES = 16 << 10;

  private static final int HOLLOW_PART = 4096;

  private final Directory directory;
  private final StoreId store;
  private final StoreSettings settings;
  private final SegmentFiles files;
  private final HeldBlocks held;
  private final Consumer<StoreHealth> health;

  private @Nullable OpenFile file;
  private long end;
  private long previous;
  private long lastCommit;
  private boolean takesTombstones;
  private volatile long activeBytes;
  private final DiskUse use;
  private boolean failedBefore;

  /**
   * Where writing goes on.
   *
   * @param file the active segment, or null: then the next batch begins a new one
   * @param end of its good records
   * @param previous bytes to be trusted of the last sealed segment
   * @param takesTombstones whether an older dotf, which knows none, would refuse the active segment
   * @param use what the segments take
   */
  record Start(
      @Nullable OpenFile file,
      long end,
      long previous,
      long lastCommit,
      boolean takesTombstones,
      DiskUse use) {}

  SegmentWriter(
      Directory directory,
      StoreId store,
      StoreSettings settings,
      SegmentFiles files,
      HeldBlocks held,
      Start start,
      Consumer<StoreHealth> health) {
    this.directory = directory;
    this.store = store;
    this.settings = settings;
    this.files = files;
    this.held = held;
    this.health = health;
    file = start.file;
    end = start.end;
    previous = start.previous;
    lastCommit = start.lastCommit;
    takesTombstones = start.takesTombstones;
    use = start.use;
    activeBytes = file == null ? 0 : end;
  }

  private void grown(long active) {
    activeBytes = active;
    use.set(held.active().segment(), active);
  }

  /** Up to where the active segment is durable. */
  long activeBytes() {
    return activeBytes;
  }

  /** Writes and syncs all records, and makes them known; the commit number. */
  long write(Batch batch) throws IOException {
    long commit = lastCommit + 1;
    List<Item> left = batch.items();
    if (!takesTombstones && left.stream().anyMatch(Item::isTombstone)) {
      roll();
    }
    while (!left.isEmpty()) {
      int fits = fitting(left);
      if (fits == 0) {
        roll();
      } else {
        writeRun(batch, left.subList(0, fits), commit);
        left = left.subList(fits, left.size());
      }
    }
    sealIfHollow();
    return commit;
  }

  /** The batch is durable whatever comes of this. */
  private void sealIfHollow() {
    try {
      if (held.droppedInActive() >= Math.max(HOLLOW_BYTES, use.total() / HOLLOW_PART)) {
        roll();
      }
    } catch (IOException e) {
      LOG.warn("Space of dropped blocks is given back later: {}", e.getMessage());
    }
  }

  /** How many records the active segment takes together with its footer; a new one takes one. */
  private int fitting(List<Item> items) {
    if (file == null) {
      return 0;
    }
    int records = held.active().count();
    long position = end;
    int fits = 0;
    for (Item item : items) {
      records++;
      position += item.recordBytes();
      boolean fitting =
          records <= settings.segmentRecords()
              && position + Footer.bytes(records, records) <= settings.segmentBytes();
      if (!fitting && records > 1) {
        break;
      }
      fits++;
    }
    return fits;
  }

  private void writeRun(Batch batch, List<Item> run, long commit) throws IOException {
    List<Entry> entries = new ArrayList<>(run.size());
    ByteBuffer[] buffers = encode(run, commit, entries);
    OpenFile out = file;
    if (out == null) {
      throw new IllegalStateException("no segment is open");
    }
    try {
      out.write(buffers, end);
      out.syncData();
    } catch (DiskFullException e) {
      cut(out);
      throw full(e);
    } catch (IOException e) {
      abandon(e);
      roll();
      writeRun(batch, run, commit);
      return;
    }
    end = entries.getLast().end();
    lastCommit = commit;
    synchronized (use) {
      grown(end);
      entries.forEach(held::publish);
      batch.landed(run);
    }
  }

  /** Headers and CRCs lie in one buffer; the payloads between them are not copied. */
  private ByteBuffer[] encode(List<Item> run, long commit, List<Entry> entries) {
    ByteBuffer frames =
        ByteBuffer.allocate(run.size() * (Entry.HEADER_BYTES + Entry.TRAILER_BYTES));
    ByteBuffer[] buffers = new ByteBuffer[2 * run.size() + 1];
    int next = 0;
    int from = 0;
    int offset = Math.toIntExact(end);
    for (Item item : run) {
      Entry entry = item.entry().at(offset);
      entry.writeHeader(frames, commit);
      buffers[next++] = frames.slice(from, frames.position() - from);
      buffers[next++] = item.payload().duplicate();
      from = frames.position();
      frames.putInt(item.crc());
      entries.add(entry);
      offset += entry.recordBytes();
    }
    buffers[next] = frames.slice(from, frames.position() - from);
    return buffers;
  }

  /** Nothing behind {@link #end} was acknowledged; the next write goes there in any case. */
  private void cut(OpenFile out) {
    try {
      out.truncate(end);
    } catch (IOException e) {
      // The torn tail stays until it is overwritten; recovery knows it for one.
      grown(end);
    }
  }

  /** Seals the active segment, if there is one, and begins the next. */
  private void roll() throws IOException {
    OpenFile full = file;
    if (full != null) {
      seal(full);
    }
    int number = held.sealedSegments() + 1;
    try {
      begin(number);
    } catch (DiskFullException e) {
      throw full(e);
    } catch (IOException e) {
      throw readOnly(e);
    }
  }

  private void seal(OpenFile full) throws IOException {
    try {
      long size = Footer.append(full, end, held.active(), lastCommit);
      Footer footer = Footer.open(files, held.active().segment(), size);
      if (footer == null) {
        throw new IOException("the footer cannot be read back");
      }
      finish(full, footer, size);
    } catch (DiskFullException e) {
      cut(full);
      throw full(e);
    } catch (IOException e) {
      abandon(e);
    }
  }

  /** Leaves the active segment at its last durable byte, without a footer. */
  private void abandon(IOException cause) throws IOException {
    if (failedBefore) {
      throw readOnly(cause);
    }
    failedBefore = true;
    health.accept(StoreHealth.degraded(cause.getMessage()));
    OpenFile failed = file;
    if (failed != null) {
      finish(failed, held.active(), end);
    }
  }

  private void finish(OpenFile done, Facts facts, long size) throws IOException {
    file = null;
    previous = size;
    use.set(facts.segment(), size);
    activeBytes = 0;
    held.seal(facts, facts.segment() + 1);
    done.close();
  }

  private void begin(int number) throws IOException {
    file = create(directory, SegmentHeader.begin(number, store, previous));
    takesTombstones = true;
    end = SegmentHeader.BYTES;
    grown(end);
    try {
      directory.sync();
    } catch (IOException e) {
      throw readOnly(e);
    }
  }

  /** A new segment with its header durable; its name is so after the directory's next sync. */
  private static OpenFile create(Directory directory, SegmentHeader header) throws IOException {
    directory.unlink(NEW_NAME);
    OpenFile made = directory.create(NEW_NAME, 0600);
    try {
      made.write(header.encode(), 0);
      made.sync();
      if (!directory.rename(NEW_NAME, directory, SegmentHeader.name(header.number()))) {
        throw new IOException("The name " + SegmentHeader.name(header.number()) + " is taken.");
      }
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  /** Begins a new store: from here on it has its id. */
  static Start first(Directory directory, StoreId store) throws IOException {
    OpenFile made = create(directory, SegmentHeader.begin(1, store, 0));
    directory.sync();
    DiskUse use = new DiskUse();
    use.set(1, SegmentHeader.BYTES);
    return new Start(made, SegmentHeader.BYTES, 0, 0, true, use);
  }

  private IOException readOnly(IOException cause) {
    String message =
        "The disk failed to keep data of the store ("
            + cause.getMessage()
            + "). The store is read-only: nothing is freed any more, everything can be restored."
            + " Move the store to a sound disk.";
    health.accept(new StoreHealth(StoreHealth.State.READ_ONLY, message));
    return new IOException(message, cause);
  }

  private static StoreFullException full(IOException cause) {
    return new StoreFullException(
        "The disk that holds the store is full: make room and it goes on by itself.", cause);
  }

  @Override
  public void close() throws IOException {
    if (file != null) {
      file.close();
    }
  }
}
