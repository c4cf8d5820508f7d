package dotf.agent;

import dotf.agent.journal.FolderId;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.RecordLog;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which folders' changes are held, and since when: in {@code journal/held}, so that a restart lets
 * nothing go on. Safe for use by many threads.
 */
final class Holds implements Closeable {
  private static final String LOG = "held";
  private static final int VERSION = 1;
  private static final int RECORD_BYTES = FolderId.BYTES + 8 + 4;

  private final RecordLog log;
  private final Map<FolderId, Instant> since = new HashMap<>();

  private Holds(Directory directory) throws IOException {
    log = RecordLog.open(directory, LOG, VERSION, this::replay);
    // A handful of records at most; whoever starts anew needs only what still counts.
    log.rewrite(
        since.entrySet().stream().map(entry -> encode(entry.getKey(), entry.getValue())).toList());
  }

  static Holds open(Directory journal) throws IOException {
    return new Holds(journal);
  }

  /** Since when a folder's changes are held; null when they are not. */
  synchronized @Nullable Instant since(FolderId folder) {
    return since.get(folder);
  }

  /** Durable on return. */
  synchronized void begin(FolderId folder, Instant now) throws IOException {
    since.put(folder, now);
    log.append(encode(folder, now));
    log.commit();
  }

  /** Durable on return. */
  synchronized void end(FolderId folder) throws IOException {
    if (since.remove(folder) != null) {
      log.append(encode(folder, Instant.MIN));
      log.commit();
    }
  }

  @Override
  public void close() throws IOException {
    log.close();
  }

  private void replay(ByteBuffer from) {
    FolderId folder = FolderId.read(from);
    Instant at = Instant.ofEpochSecond(from.getLong(), from.getInt());
    if (at.equals(Instant.MIN)) {
      since.remove(folder);
    } else {
      since.put(folder, at);
    }
  }

  private static byte[] encode(FolderId folder, Instant at) {
    ByteBuffer to = ByteBuffer.allocate(RECORD_BYTES);
    folder.write(to);
    return to.putLong(at.getEpochSecond()).putInt(at.getNano()).array();
  }
}
