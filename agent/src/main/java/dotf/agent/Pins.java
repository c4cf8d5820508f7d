package dotf.agent;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.RecordLog;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pins that the user made, in {@code journal/pins}: type, hash, then for a pin what it was
 * called. Files' own pins are the journal's. Safe for use by many threads.
 */
final class Pins implements Closeable {
  private static final String LOG = "pins";
  private static final int VERSION = 1;
  private static final byte PIN = 1;
  private static final byte UNPIN = 2;

  private final RecordLog log;
  private final Map<BlockAddress, String> pins = new LinkedHashMap<>();

  private Pins(Directory directory) throws IOException {
    try {
      log = RecordLog.open(directory, LOG, VERSION, this::replay);
    } catch (UncheckedIOException e) {
      throw new IOException("journal/pins cannot be read: " + e.getMessage(), e);
    }
  }

  static Pins open(Directory journal) throws IOException {
    return new Pins(journal);
  }

  /** The pins in the order in which they were made, with their names. */
  synchronized List<Map.Entry<BlockAddress, String>> all() {
    return pins.entrySet().stream()
        .<Map.Entry<BlockAddress, String>>map(Map.Entry::copyOf)
        .toList();
  }

  /** Durable on return. */
  synchronized void add(BlockAddress hash, String name) throws IOException {
    byte[] text = name.getBytes(StandardCharsets.UTF_8);
    append(PIN, hash, text);
    pins.put(hash, name);
  }

  /** Durable on return; false when there is no such pin. */
  synchronized boolean remove(BlockAddress hash) throws IOException {
    if (!pins.containsKey(hash)) {
      return false;
    }
    append(UNPIN, hash, new byte[0]);
    pins.remove(hash);
    return true;
  }

  @Override
  public void close() throws IOException {
    log.close();
  }

  private void append(byte type, BlockAddress hash, byte[] name) throws IOException {
    ByteBuffer record = ByteBuffer.allocate(1 + BlockAddress.BYTES + name.length);
    record.put(type).put(hash.bytes()).put(name);
    log.append(record.array());
    log.commit();
  }

  private void replay(ByteBuffer from) {
    byte type = from.get();
    BlockAddress hash = BlockAddress.read(from);
    switch (type) {
      case PIN -> pins.put(hash, StandardCharsets.UTF_8.decode(from).toString());
      case UNPIN -> pins.remove(hash);
      default ->
          throw new UncheckedIOException(
              new IOException("a record of type " + type + " is not known; update dotf"));
    }
  }
}
