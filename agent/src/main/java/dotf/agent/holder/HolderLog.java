package dotf.agent.holder;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.RecordLog;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which directories are holders: {@code journal/holders}, records of {@code 1 | holder 32 | store
 * 16 | path} (added), {@code 2 | holder 32} (removed), {@code 3 | holder 32 | bytes 8} (so many
 * more were written there). Safe for use by many threads.
 */
final class HolderLog implements Closeable {
  private static final String FILE = "holders";
  private static final int VERSION = 1;
  private static final byte ADDED = 1;
  private static final byte REMOVED = 2;
  private static final byte PLACED = 3;

  /** The log is written anew once it has this many records more than it needs. */
  private static final int SLACK = 10_000;

  private final RecordLog log;
  private final Map<NodeId, Entry> entries = new LinkedHashMap<>();
  private int records;

  /**
   * A directory that is a holder.
   *
   * @param bytes written there, as far as is known
   */
  record Entry(NodeId id, StoreId store, Path path, long bytes) {}

  HolderLog(Directory journal) throws IOException {
    try {
      log = RecordLog.open(journal, FILE, VERSION, this::replay);
    } catch (UncheckedIOException e) {
      throw new IOException("journal/holders cannot be read: " + e.getMessage(), e);
    }
  }

  /** The holders in the order in which they were added. */
  synchronized List<Entry> all() {
    return List.copyOf(entries.values());
  }

  /** Durable on return. */
  synchronized void add(Entry entry) throws IOException {
    log.append(added(entry));
    log.commit();
    entries.put(entry.id(), entry);
    records++;
  }

  /** Durable on return. */
  synchronized void remove(NodeId id) throws IOException {
    log.append(start(REMOVED, id, 0).array());
    log.commit();
    entries.remove(id);
    records++;
  }

  /** More bytes are there; durable on return. */
  synchronized void placed(NodeId id, long bytes) throws IOException {
    Entry entry = entries.get(id);
    if (entry == null || bytes == 0) {
      return;
    }
    entries.put(id, new Entry(id, entry.store(), entry.path(), entry.bytes() + bytes));
    if (++records > entries.size() + SLACK) {
      shorten();
    } else {
      log.append(placedRecord(id, bytes));
      log.commit();
    }
  }

  /** How many bytes were written to a holder; 0 for one that is none. */
  synchronized long bytes(NodeId id) {
    Entry entry = entries.get(id);
    return entry == null ? 0 : entry.bytes();
  }

  private void shorten() throws IOException {
    List<byte[]> kept = new ArrayList<>();
    for (Entry entry : entries.values()) {
      kept.add(added(entry));
      kept.add(placedRecord(entry.id(), entry.bytes()));
    }
    log.rewrite(kept);
    records = kept.size();
  }

  private void replay(ByteBuffer from) {
    records++;
    byte type = from.get();
    byte[] id = new byte[NodeId.BYTES];
    from.get(id);
    NodeId holder = NodeId.of(id);
    switch (type) {
      case ADDED -> {
        byte[] store = new byte[StoreId.BYTES];
        from.get(store);
        Path path = Path.of(StandardCharsets.UTF_8.decode(from).toString());
        entries.put(holder, new Entry(holder, StoreId.of(store), path, 0));
      }
      case REMOVED -> entries.remove(holder);
      case PLACED -> {
        long bytes = from.getLong();
        entries.computeIfPresent(
            holder, (_, e) -> new Entry(e.id(), e.store(), e.path(), e.bytes() + bytes));
      }
      default ->
          throw new UncheckedIOException(
              new IOException("a record of type " + type + " is not known; update dotf"));
    }
  }

  private static byte[] added(Entry entry) {
    byte[] path = entry.path().toString().getBytes(StandardCharsets.UTF_8);
    return start(ADDED, entry.id(), StoreId.BYTES + path.length)
        .put(entry.store().bytes())
        .put(path)
        .array();
  }

  private static byte[] placedRecord(NodeId id, long bytes) {
    return start(PLACED, id, Long.BYTES).putLong(bytes).array();
  }

  private static ByteBuffer start(byte type, NodeId id, int more) {
    return ByteBuffer.allocate(1 + NodeId.BYTES + more).put(type).put(id.bytes());
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
