package dotf.agent.folder;

import dotf.agent.folder.Intent.Kind;
import dotf.agent.journal.FolderId;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.Hash;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.RecordLog;
import dotf.chunker.manifest.Digest;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What this machine has begun to do to users' files and not ended, in the record log {@code
 * intents}. It never leaves the machine. Safe for use by many threads.
 */
public final class Intents implements Closeable {
  private static final String FILE = "intents";
  private static final int VERSION = 1;
  private static final byte BEGUN = 1;
  private static final byte DONE = 2;
  private static final byte ENDED = 3;
  private static final long COMPACT_BYTES = 4L << 20;

  /** What the log says of all that is not ended, by number. */
  private final SortedMap<Long, Open> open = new TreeMap<>();

  private final RandomGenerator random;
  private final RecordLog log;
  private long last;
  private long liveBytes;

  private record Open(Intent intent, @Nullable Instant done) {}

  private Intents(Directory directory, RandomGenerator random) throws IOException {
    this.random = random;
    log = RecordLog.open(directory, FILE, VERSION, this::replay);
  }

  /** Opens the log in a directory, or makes it. The directory must stay open. */
  public static Intents open(Directory directory, RandomGenerator random) throws IOException {
    return new Intents(directory, random);
  }

  private void replay(ByteBuffer record) {
    byte type = record.get();
    if (type == BEGUN) {
      Intent intent = Intent.decode(record);
      open.put(intent.number(), new Open(intent, null));
      last = Math.max(last, intent.number());
      liveBytes += begunRecord(intent).length;
      return;
    }
    long number = record.getLong();
    Open known = open.get(number);
    if (known != null && type == DONE) {
      open.put(number, new Open(known.intent, Instant.ofEpochMilli(record.getLong())));
    } else if (known != null) {
      open.remove(number);
      liveBytes -= begunRecord(known.intent).length;
    }
  }

  /** Writes down what is about to be done; it counts only after {@link #commit}. */
  synchronized Intent begin(
      Kind kind,
      WatchedFolder folder,
      Place place,
      FileStat first,
      Digest digest,
      BlockAddress manifest,
      Hash stubHash)
      throws IOException {
    String aside = HexFormat.of().toHexDigits(random.nextLong());
    Intent intent =
        new Intent(
            ++last,
            kind,
            folder.id(),
            place,
            first.device(),
            first.inode(),
            first.size(),
            digest,
            manifest,
            stubHash,
            aside);
    byte[] record = begunRecord(intent);
    long _ = log.append(record);
    open.put(intent.number(), new Open(intent, null));
    liveBytes += record.length;
    return intent;
  }

  /** The file is freed; its original waits in the quarantine. */
  synchronized void done(Intent intent, Instant at) throws IOException {
    long _ = log.append(doneRecord(intent, at));
    open.put(intent.number(), new Open(intent, at));
  }

  private static byte[] begunRecord(Intent intent) {
    byte[] encoded = intent.encode();
    return ByteBuffer.allocate(1 + encoded.length).put(BEGUN).put(encoded).array();
  }

  private static byte[] doneRecord(Intent intent, Instant at) {
    return ByteBuffer.allocate(17)
        .put(DONE)
        .putLong(intent.number())
        .putLong(at.toEpochMilli())
        .array();
  }

  /** Nothing of it is left: it was finished, or all was taken back. */
  synchronized void end(Intent intent) throws IOException {
    long _ = log.append(ByteBuffer.allocate(9).put(ENDED).putLong(intent.number()).array());
    if (open.remove(intent.number()) != null) {
      liveBytes -= begunRecord(intent).length;
    }
    if (log.size() > COMPACT_BYTES + 4 * liveBytes) {
      compact();
    }
  }

  private void compact() throws IOException {
    List<byte[]> records = new ArrayList<>();
    for (Open one : open.values()) {
      records.add(begunRecord(one.intent));
      if (one.done != null) {
        records.add(doneRecord(one.intent, one.done));
      }
    }
    log.rewrite(records);
  }

  /** Where names in the quarantine come from. */
  RandomGenerator random() {
    return random;
  }

  /** Returns when everything written down so far is on the disk. */
  void commit() throws IOException {
    log.commit();
  }

  /** What a crash interrupted in this folder, oldest first. */
  synchronized List<Intent> begun(FolderId folder) {
    return open.values().stream()
        .filter(one -> one.done == null && one.intent.folder().equals(folder))
        .map(Open::intent)
        .toList();
  }

  /**
   * Freed files of this folder whose originals are in the quarantine since before {@code limit}, at
   * most so many, those behind {@code after} in number.
   */
  synchronized List<Intent> doneBefore(FolderId folder, Instant limit, long after, int most) {
    return open.tailMap(after + 1).values().stream()
        .filter(one -> one.intent.folder().equals(folder))
        .filter(one -> one.done != null && !one.done.isAfter(limit))
        .map(Open::intent)
        .limit(most)
        .toList();
  }

  /** Bytes of the originals of this folder that are in the quarantine. */
  public synchronized long quarantinedBytes(FolderId folder) {
    return open.values().stream()
        .filter(one -> one.done != null && one.intent.folder().equals(folder))
        .mapToLong(one -> one.intent.size())
        .sum();
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
