package dotf.agent.journal;

import dotf.agent.journal.JournalRecord.FileReplaced;
import dotf.agent.journal.JournalRecord.FileTrashed;
import dotf.agent.journal.JournalRecord.Sealed;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.RecordLog;
import dotf.chunker.manifest.FileId;
import dotf.dht.identity.NodeId;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * This device's journal: records are appended here first, and {@link JournalPublisher} seals them
 * in batches. What is appended counts at once for readers; it is durable after {@link #commit}.
 * Safe for use by many threads.
 */
public final class Journal implements Closeable {
  private static final String LOG = "log";
  private static final int VERSION = 1;

  private final Directory directory;
  private final RecordLog log;
  private final JournalState state = new JournalState();
  private final ArrayDeque<byte[]> unsealed = new ArrayDeque<>();
  private long unsealedBytes;
  private @Nullable Sealed lastSealed;
  private long appended;

  private Journal(Directory directory) throws IOException {
    this.directory = directory;
    try {
      log = RecordLog.open(directory, LOG, VERSION, this::replay);
    } catch (UncheckedIOException e) {
      throw new IOException(
          "the journal cannot be read: " + e.getMessage() + "; recover it from the phrase", e);
    }
  }

  /**
   * Opens the journal in {@code directory}, or begins an empty one.
   *
   * @throws IOException when it is damaged or written by a newer version
   */
  public static Journal open(Directory directory) throws IOException {
    return new Journal(directory);
  }

  /** Appends records, which count from now on. */
  public synchronized void append(JournalRecord... records) throws IOException {
    for (JournalRecord record : records) {
      byte[] bytes = JournalRecordCodec.encode(record);
      log.append(bytes);
      note(record, bytes);
      appended++;
    }
  }

  /** Returns when everything this thread has appended is on the disk. */
  public void commit() throws IOException {
    log.commit();
  }

  /** The present version of a file, or null. */
  public synchronized @Nullable FileVersion find(FileKey key) {
    return state.find(key);
  }

  /** The names under which a file is known; a copied stub gives it several. */
  public synchronized List<FileKey> namesOf(FileId file) {
    return state.namesOf(file);
  }

  /** Every folder, recovered ones without a place included. */
  public synchronized List<JournalFolder> folders() {
    return List.copyOf(state.folders().values());
  }

  /** A folder by its identity, or null. */
  public synchronized @Nullable JournalFolder folder(FolderId id) {
    return state.folders().get(id);
  }

  /**
   * Up to {@code limit} files of a folder whose paths come after {@code after} ("" for the first),
   * in path order.
   */
  public synchronized List<Map.Entry<FileKey, FileVersion>> files(
      FolderId folder, String after, int limit) {
    return state
        .filesOf(folder)
        .tailMap(new FileKey(folder, after), after.isEmpty())
        .entrySet()
        .stream()
        .limit(limit)
        .<Map.Entry<FileKey, FileVersion>>map(Map.Entry::copyOf)
        .toList();
  }

  /** Shows every file of every folder; {@code visitor} must be quick, the journal waits for it. */
  public synchronized void forEachFile(BiConsumer<FileKey, FileVersion> visitor) {
    for (JournalFolder folder : state.folders().values()) {
      state.filesOf(folder.id()).forEach(visitor);
    }
  }

  /** How many files there are. */
  public synchronized int size() {
    return state.size();
  }

  /** True size of everything in the trash, in bytes. */
  public synchronized long trashBytes() {
    return state.trash().stream().mapToLong(trashed -> trashed.version().size()).sum();
  }

  /** What was deleted and is not yet forgotten. */
  public synchronized List<FileTrashed> trash() {
    return List.copyOf(state.trash());
  }

  /** Versions of files that others took the place of lately: the newest 20,000. */
  public synchronized List<FileReplaced> replaced() {
    return List.copyOf(state.replaced());
  }

  /** Forgets, from the next snapshot on, what was deleted or replaced before {@code limit}. */
  public synchronized void emptyTrash(Instant limit) {
    state.emptyTrash(limit);
  }

  /** Whether nothing was ever written. */
  public synchronized boolean isEmpty() {
    return state.isEmpty();
  }

  /** Bytes of records that are in no batch yet. */
  public synchronized long unsealedBytes() {
    return unsealedBytes;
  }

  /** Counts up with every record that is appended while this journal is open. */
  public synchronized long appended() {
    return appended;
  }

  /** The last batch, or null when there is none yet. */
  synchronized @Nullable Sealed lastSealed() {
    return lastSealed;
  }

  /** Takes over a lost device's state, its folders as ones that have no place here yet. */
  synchronized void absorb(JournalState recovered) throws IOException {
    JournalState merged = new JournalState();
    merged.merge(recovered);
    for (JournalRecord record : merged.records()) {
      if (record.folder() == null || isRecovering(record.folder())) {
        append(record);
      }
    }
    commit();
  }

  /** Not when this device has the folder already: its own word counts. */
  private boolean isRecovering(FolderId folder) {
    JournalFolder known = state.folders().get(folder);
    return known == null || !known.attached();
  }

  /** Up to which batch another device's journal is contained in this one; 0 for not at all. */
  public synchronized long absorbed(NodeId device) {
    return state.absorbed(device);
  }

  /** The oldest unsealed records, as many as fit into {@code bytesMax}. */
  synchronized List<byte[]> unsealed(int bytesMax) {
    List<byte[]> taken = new ArrayList<>();
    long bytes = 0;
    for (byte[] record : unsealed) {
      bytes += record.length + Integer.BYTES;
      if (bytes > bytesMax && !taken.isEmpty()) {
        break;
      }
      taken.add(record);
    }
    return taken;
  }

  /** Notes durably that the oldest unsealed records are in a batch. */
  synchronized void sealed(Sealed batch) throws IOException {
    byte[] bytes = JournalRecordCodec.encode(batch);
    log.append(bytes);
    log.commit();
    note(batch, bytes);
  }

  /** Writes the present state's records; what is appended later is not in it. */
  synchronized JournalSnapshot snapshot() throws IOException {
    return JournalSnapshot.write(directory, state.records(), unsealed.size());
  }

  /** Replaces the log by a snapshot, the batch that published it, and what came after. */
  synchronized void compact(JournalSnapshot snapshot, long sequence, BlockAddress batch)
      throws IOException {
    List<byte[]> later = unsealed.stream().skip(snapshot.contained()).toList();
    log.rewrite(snapshot.asLog(sequence, batch, later));
    unsealed.clear();
    unsealed.addAll(later);
    unsealedBytes = later.stream().mapToLong(record -> record.length).sum();
    lastSealed = new Sealed(sequence, batch, snapshot.chain(), 0);
  }

  @Override
  public void close() throws IOException {
    log.close();
  }

  private void replay(ByteBuffer bytes) {
    byte[] record = new byte[bytes.remaining()];
    bytes.get(record);
    try {
      note(JournalRecordCodec.decode(ByteBuffer.wrap(record)), record);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void note(JournalRecord record, byte[] bytes) throws IOException {
    if (record instanceof Sealed sealed) {
      Chain chain = lastSealed == null ? Chain.START : lastSealed.chain();
      for (int i = 0; i < sealed.records(); i++) {
        byte[] oldest = unsealed.poll();
        if (oldest == null) {
          throw new IOException("a batch is noted that holds more records than were written");
        }
        unsealedBytes -= oldest.length;
        chain = chain.then(oldest);
      }
      if (!chain.equals(sealed.chain())) {
        throw new IOException("the hash chain breaks before batch " + sealed.sequence());
      }
      lastSealed = sealed;
    } else {
      state.apply(record);
      unsealed.add(bytes);
      unsealedBytes += bytes.length;
    }
  }
}
