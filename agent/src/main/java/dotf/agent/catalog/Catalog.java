package dotf.agent.catalog;

import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.agent.journal.FolderId;
import dotf.agent.journal.Journal;
import dotf.chunker.block.BlockAddress;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.mapdb.BTreeMap;
import org.mapdb.DB;
import org.mapdb.DBException;
import org.mapdb.DBMaker;
import org.mapdb.Serializer;

/**
 * What is known of every path: the journal's view and what the last scan saw, with running figures.
 * The doorway to MapDB, and nothing but a cache: after an unclean stop its file is thrown away and
 * filled from the journal, since MapDB does not survive one. Every listing has a limit. Safe for
 * use by many threads.
 */
public final class Catalog implements Closeable {
  private static final String FILE = "catalog.db";

  /** Present only between a clean stop and the next start; holds the layout of the rows. */
  private static final String CLEAN = "clean";

  private static final String LAYOUT = "rows/1";

  private final Path directory;
  private final DB database;
  private final BTreeMap<byte[], byte[]> rows;
  private final NavigableSet<byte[]> byHash;
  private final Map<FolderId, Counters> counters = new HashMap<>();
  private final boolean rebuilt;
  private volatile boolean abandoned;

  private Catalog(Path directory, Journal journal) throws IOException {
    this.directory = directory;
    Files.createDirectories(directory);
    Path file = directory.resolve(FILE);
    rebuilt = !wasClean() || !Files.exists(file);
    Files.deleteIfExists(directory.resolve(CLEAN));
    if (rebuilt) {
      Files.deleteIfExists(file);
    }
    try {
      database = DBMaker.fileDB(file.toFile()).make();
      byHash = database.treeSet("hashes", Serializer.BYTE_ARRAY).createOrOpen();
      rows = rebuilt ? fill(journal) : openRows();
    } catch (DBException e) {
      throw new IOException(
          "the catalog " + file + " cannot be opened: " + e.getMessage() + "; delete it", e);
    }
  }

  /** Opens the catalog in {@code directory}, or fills a new one from the journal. */
  public static Catalog open(Path directory, Journal journal) throws IOException {
    return new Catalog(directory, journal);
  }

  /** Whether it was filled anew, so that nothing is known of what scans had seen. */
  public boolean rebuilt() {
    return rebuilt;
  }

  /** What is known of a file, or null. */
  public @Nullable Row find(FileKey key) {
    byte[] value = rows.get(bytes(key));
    return value == null ? null : RowCodec.decode(value);
  }

  /** Notes what is known of a file. */
  public synchronized void put(FileKey key, Row row) {
    byte[] name = bytes(key);
    byte[] value = RowCodec.encode(row);
    write(() -> replaced(key, name, rows.put(name, value), row));
  }

  /** A write that failed may have been half done: the next start makes the catalog anew. */
  private void write(Runnable change) {
    try {
      change.run();
    } catch (DBException e) {
      abandon();
      throw new UncheckedIOException(
          "the catalog in " + directory + " cannot be written; make room on its disk",
          new IOException(e));
    }
  }

  /** Changes what is known of a file; does nothing when nothing is. */
  public synchronized void update(FileKey key, UnaryOperator<Row> change) {
    Row known = find(key);
    if (known != null) {
      put(key, change.apply(known));
    }
  }

  /** Forgets a file. */
  public synchronized void remove(FileKey key) {
    byte[] name = bytes(key);
    write(() -> replaced(key, name, rows.remove(name), null));
  }

  /** Forgets a folder. */
  public synchronized void removeFolder(FolderId folder) {
    for (Map.Entry<FileKey, Row> entry : page(folder, "", "", 1024)) {
      remove(entry.getKey());
    }
    if (!page(folder, "", "", 1).isEmpty()) {
      removeFolder(folder);
    }
    counters.remove(folder);
  }

  /**
   * Up to {@code limit} rows of a folder in path order.
   *
   * @param prefix only paths that begin with it
   * @param after only paths behind this one; "" to begin
   */
  public List<Map.Entry<FileKey, Row>> page(
      FolderId folder, String prefix, String after, int limit) {
    byte[] from = bytes(new FileKey(folder, after.isEmpty() ? prefix : after));
    byte[] head = bytes(new FileKey(folder, prefix));
    List<Map.Entry<FileKey, Row>> page = new ArrayList<>();
    Iterator<Map.Entry<byte[], byte[]>> entries =
        rows.entryIterator(from, after.isEmpty(), null, false);
    while (entries.hasNext() && page.size() < limit) {
      Map.Entry<byte[], byte[]> entry = entries.next();
      byte[] name = entry.getKey();
      if (name.length < head.length || !Arrays.equals(name, 0, head.length, head, 0, head.length)) {
        break;
      }
      page.add(Map.entry(key(name), RowCodec.decode(entry.getValue())));
    }
    return page;
  }

  /** Up to {@code limit} files whose present version has this hash. */
  public List<FileKey> filesOf(BlockAddress hash, int limit) {
    byte[] head = hash.bytes();
    List<FileKey> found = new ArrayList<>();
    for (byte[] entry : byHash.tailSet(head)) {
      if (found.size() == limit || !Arrays.equals(entry, 0, head.length, head, 0, head.length)) {
        break;
      }
      found.add(key(Arrays.copyOfRange(entry, head.length, entry.length)));
    }
    return found;
  }

  /** A folder's figures. */
  public synchronized Tally tally(FolderId folder) {
    return counters.computeIfAbsent(folder, id -> new Counters()).tally();
  }

  /** Somebody may still be using it, or it does not answer: the next start makes it anew. */
  public void abandon() {
    abandoned = true;
  }

  /** Unless it is abandoned, writes everything down and marks the stop as clean. */
  @Override
  public void close() throws IOException {
    if (!abandoned) {
      closeCleanly();
    }
  }

  private synchronized void closeCleanly() throws IOException {
    if (database.isClosed()) {
      return;
    }
    try {
      database.close();
    } catch (DBException e) {
      throw new IOException("the catalog could not be closed; it will be built anew", e);
    }
    Files.writeString(directory.resolve(CLEAN), LAYOUT);
  }

  private boolean wasClean() throws IOException {
    Path marker = directory.resolve(CLEAN);
    return Files.exists(marker) && Files.readString(marker).equals(LAYOUT);
  }

  private BTreeMap<byte[], byte[]> openRows() {
    BTreeMap<byte[], byte[]> opened =
        database.treeMap("rows", Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY).createOrOpen();
    Iterator<Map.Entry<byte[], byte[]>> entries = opened.entryIterator();
    while (entries.hasNext()) {
      Map.Entry<byte[], byte[]> entry = entries.next();
      countersOf(key(entry.getKey()).folder()).count(RowCodec.decode(entry.getValue()), 1);
    }
    return opened;
  }

  private BTreeMap<byte[], byte[]> fill(Journal journal) {
    var sink =
        database.treeMap("rows", Serializer.BYTE_ARRAY, Serializer.BYTE_ARRAY).createFromSink();
    journal.forEachFile(
        (key, version) -> {
          Row row = fromJournal(version);
          sink.put(bytes(key), RowCodec.encode(row));
          byHash.add(hashEntry(version.manifest(), bytes(key)));
          countersOf(key.folder()).count(row, 1);
        });
    return sink.create();
  }

  private static Row fromJournal(FileVersion version) {
    return Row.unknown(version.size()).withVersion(version.manifest(), version.size(), 0);
  }

  private void replaced(FileKey key, byte[] name, byte @Nullable [] oldValue, @Nullable Row row) {
    Counters folder = countersOf(key.folder());
    Row old = oldValue == null ? null : RowCodec.decode(oldValue);
    if (old != null) {
      folder.count(old, -1);
    }
    if (row != null) {
      folder.count(row, 1);
    }
    BlockAddress oldHash = old == null ? null : old.hash();
    BlockAddress hash = row == null ? null : row.hash();
    if (oldHash != null && !oldHash.equals(hash)) {
      byHash.remove(hashEntry(oldHash, name));
    }
    if (hash != null && !hash.equals(oldHash)) {
      byHash.add(hashEntry(hash, name));
    }
  }

  private Counters countersOf(FolderId folder) {
    return counters.computeIfAbsent(folder, id -> new Counters());
  }

  private static byte[] hashEntry(BlockAddress hash, byte[] name) {
    return ByteBuffer.allocate(BlockAddress.BYTES + name.length)
        .put(hash.bytes())
        .put(name)
        .array();
  }

  private static byte[] bytes(FileKey key) {
    byte[] path = key.path().getBytes(StandardCharsets.UTF_8);
    ByteBuffer name = ByteBuffer.allocate(FolderId.BYTES + path.length);
    key.folder().write(name);
    return name.put(path).array();
  }

  private static FileKey key(byte[] name) {
    ByteBuffer from = ByteBuffer.wrap(name);
    FolderId folder = FolderId.read(from);
    return new FileKey(folder, StandardCharsets.UTF_8.decode(from).toString());
  }
}
