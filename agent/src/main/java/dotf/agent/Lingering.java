package dotf.agent;

import dotf.agent.journal.FileKey;
import dotf.agent.journal.FolderId;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.RecordLog;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which files were restored, or edited after they were first stored, and when: they stay on the
 * disk for {@code linger} after that. The truth is {@code journal/lingering}, so that a restart
 * frees nothing early. Safe for use by many threads.
 */
final class Lingering implements Closeable {
  private static final String LOG = "lingering";
  private static final int VERSION = 1;
  private static final int FIXED_BYTES = FolderId.BYTES + 8 + 4;

  /** The log is written anew once it has this many records more than there are files. */
  private static final int SLACK = 10_000;

  private final RecordLog log;
  private final Map<FileKey, Instant> since = new HashMap<>();
  private int records;

  private Lingering(Directory directory) throws IOException {
    log = RecordLog.open(directory, LOG, VERSION, this::replay);
  }

  static Lingering open(Directory journal) throws IOException {
    return new Lingering(journal);
  }

  /** A file was restored or edited; durable on return of {@link #commit}. */
  synchronized void note(FileKey key, Instant at) throws IOException {
    Instant known = since.get(key);
    if (known == null || known.isBefore(at)) {
      since.put(key, at);
      log.append(encode(key, at));
      records++;
    }
  }

  /** A file is replaced, deleted or renamed. */
  synchronized void forget(FileKey key) throws IOException {
    if (since.remove(key) != null) {
      log.append(encode(key, Instant.MIN));
      records++;
    }
  }

  /** The file's time is over, and it is not replaced; unless it was noted anew after {@code at}. */
  synchronized void forgetUntil(FileKey key, Instant at) throws IOException {
    Instant known = since.get(key);
    if (known != null && !known.isAfter(at)) {
      forget(key);
    }
  }

  /** A folder is no longer watched. */
  void forgetFolder(FolderId folder) throws IOException {
    List<FileKey> known;
    synchronized (this) {
      known = since.keySet().stream().filter(key -> key.folder().equals(folder)).toList();
    }
    for (FileKey key : known) {
      forget(key);
    }
    commit();
  }

  /** Makes it all durable. */
  void commit() throws IOException {
    synchronized (this) {
      if (records > since.size() + SLACK) {
        List<byte[]> kept = new ArrayList<>();
        since.forEach((key, at) -> kept.add(encode(key, at)));
        log.rewrite(kept);
        records = kept.size();
      }
    }
    log.commit();
  }

  /** When the file was last restored or edited, or null. */
  synchronized @Nullable Instant since(FileKey key) {
    return since.get(key);
  }

  /** Up to {@code limit} files of a folder whose time is over. */
  synchronized List<FileKey> over(FolderId folder, Duration linger, Instant now, int limit) {
    return since.entrySet().stream()
        .filter(entry -> entry.getKey().folder().equals(folder))
        .filter(entry -> !entry.getValue().plus(linger).isAfter(now))
        .map(Map.Entry::getKey)
        .limit(limit)
        .toList();
  }

  @Override
  public void close() throws IOException {
    log.close();
  }

  private void replay(ByteBuffer from) {
    FolderId folder = FolderId.read(from);
    Instant at = Instant.ofEpochSecond(from.getLong(), from.getInt());
    FileKey key = new FileKey(folder, StandardCharsets.UTF_8.decode(from).toString());
    records++;
    if (at.equals(Instant.MIN)) {
      since.remove(key);
    } else {
      since.put(key, at);
    }
  }

  private static byte[] encode(FileKey key, Instant at) {
    byte[] path = key.path().getBytes(StandardCharsets.UTF_8);
    ByteBuffer to = ByteBuffer.allocate(FIXED_BYTES + path.length);
    key.folder().write(to);
    return to.putLong(at.getEpochSecond()).putInt(at.getNano()).put(path).array();
  }
}
