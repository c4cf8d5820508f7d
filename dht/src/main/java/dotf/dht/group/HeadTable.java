package dotf.dht.group;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.RecordLog;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest head of every device that this node has heard of. Kept in the log {@code heads}, whose
 * records are signed heads as they travel. Durable on return. Safe for use by many threads.
 */
public final class HeadTable implements Closeable {
  /** Devices of one vault. */
  public static final int HEADS_PER_VAULT_MAX = 64;

  private static final Logger LOG = LoggerFactory.getLogger(HeadTable.class);
  private static final String FILE = "heads";
  private static final int VERSION = 1;
  private static final int HEADS_MAX = 1024;
  private static final long LOG_BYTES_MAX = 4 << 20;

  private final RecordLog log;
  private final Map<Device, HeadRecord> heads = new HashMap<>();

  private record Device(PublicKey vault, NodeId node) {
    static Device of(HeadRecord head) {
      return new Device(head.vault(), head.device());
    }
  }

  private HeadTable(RecordLog log) {
    this.log = log;
  }

  /** Opens the log, or makes it. */
  public static HeadTable open(Directory journal) throws IOException {
    Map<Device, HeadRecord> heads = new HashMap<>();
    RecordLog log = RecordLog.open(journal, FILE, VERSION, bytes -> replay(bytes, heads));
    HeadTable table = new HeadTable(log);
    table.heads.putAll(heads);
    return table;
  }

  private static void replay(ByteBuffer bytes, Map<Device, HeadRecord> heads) {
    byte[] record = new byte[bytes.remaining()];
    bytes.get(record);
    try {
      HeadRecord head = HeadRecord.decode(record);
      heads.merge(Device.of(head), head, HeadTable::newer);
    } catch (RecordException e) {
      LOG.warn("passed over a kept head: {}", e.getMessage());
    }
  }

  private static HeadRecord newer(HeadRecord one, HeadRecord other) {
    return other.sequence() > one.sequence() ? other : one;
  }

  /**
   * Keeps a head, unless a newer one of the same device is known or the table is full.
   *
   * @return whether it was kept
   */
  public synchronized boolean put(HeadRecord head) throws IOException {
    Device device = Device.of(head);
    HeadRecord known = heads.get(device);
    if (known != null && known.sequence() >= head.sequence()) {
      return false;
    }
    if (known == null
        && (heads.size() >= HEADS_MAX || of(head.vault()).size() >= HEADS_PER_VAULT_MAX)) {
      LOG.warn("no room for a head of device {}", head.device().brief());
      return false;
    }
    heads.put(device, head);
    if (log.size() > LOG_BYTES_MAX) {
      log.rewrite(heads.values().stream().map(HeadRecord::encoded).toList());
    } else {
      log.append(head.encoded());
      log.commit();
    }
    return true;
  }

  /** The heads of one vault's devices. */
  public synchronized List<HeadRecord> of(PublicKey vault) {
    return heads.values().stream().filter(head -> head.vault().equals(vault)).toList();
  }

  /** All heads, at most 1,024. */
  public synchronized List<HeadRecord> all() {
    return new ArrayList<>(heads.values());
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
