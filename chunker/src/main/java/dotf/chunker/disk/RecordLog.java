package dotf.chunker.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * An append-only file of opaque records, each with its checksums. Commits of several threads share
 * one fdatasync. Safe for use by many threads. Layout: the chunker's README.
 */
public final class RecordLog implements Closeable {
  /** No record is longer: 1 MiB. */
  public static final int RECORD_BYTES_MAX = 1 << 20;

  static final int HEADER_BYTES = 20;
  static final int RECORD_HEADER_BYTES = 16;
  static final int RECORD_TRAILER_BYTES = 4;

  private static final byte[] MAGIC = "DOTF-LOG".getBytes(StandardCharsets.US_ASCII);
  private static final int LAYOUT = 1;
  private static final long PENDING_MAX = 4L << 20;

  private final Directory directory;
  private final String name;
  private final int version;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition synced = lock.newCondition();

  private final AtomicBoolean closed = new AtomicBoolean();
  private OpenFile file;
  private List<ByteBuffer> pending = new ArrayList<>();
  private long end;
  private long durable;
  private boolean syncing;
  private @Nullable IOException poison;

  private RecordLog(Directory directory, String name, int version, OpenFile file, long end) {
    this.directory = directory;
    this.name = name;
    this.version = version;
    this.file = file;
    this.end = end;
    this.durable = end;
  }

  /**
   * Opens a log, or makes an empty one, and hands every record to {@code replay}, in order. A torn
   * tail, which no commit had confirmed, is cut off.
   *
   * @param directory stays open, and is closed by the caller after this log
   * @param version of the records; a log that was written with a higher one is refused
   * @throws IOException when the file is damaged before its tail, is no log, or is too new
   */
  public static RecordLog open(
      Directory directory, String name, int version, Consumer<ByteBuffer> replay)
      throws IOException {
    if (directory.stat(name) == null) {
      return new RecordLog(directory, name, version, make(directory, name, version), HEADER_BYTES);
    }
    OpenFile file = directory.openWrite(name);
    try {
      RecordLogReader reader = new RecordLogReader(file, directory + "/" + name);
      checkHeader(reader.header(), version, directory + "/" + name);
      long end = reader.replay(replay);
      if (end < file.stat().size()) {
        file.truncate(end);
        file.sync();
      }
      return new RecordLog(directory, name, version, file, end);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Queues a record; durable only after {@link #commit}. The bytes are copied.
   *
   * @return the position after it in the file, which only grows until {@link #rewrite}
   * @throws IOException when an earlier sync failed
   */
  public long append(byte[] record) throws IOException {
    if (record.length > RECORD_BYTES_MAX) {
      throw new IllegalArgumentException("a record has at most 1 MiB, not " + record.length);
    }
    if (queuedBytes() > PENDING_MAX) {
      commit();
    }
    lock.lock();
    try {
      checkUsable();
      ByteBuffer framed = frame(record, end, durable);
      pending.add(framed);
      end += framed.remaining();
      return end;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns when every record that this thread has appended is on the disk. After a failed write
   * (the disk is full) the records stay queued and a later commit tries again; after a failed sync
   * the log takes nothing more.
   */
  public void commit() throws IOException {
    lock.lock();
    try {
      long target = end;
      while (durable < target) {
        checkUsable();
        if (syncing) {
          synced.awaitUninterruptibly();
        } else {
          writeAndSync();
        }
      }
      checkUsable();
    } finally {
      lock.unlock();
    }
  }

  /** Called and left with the lock held, once; others can append while it works. */
  private void writeAndSync() throws IOException {
    List<ByteBuffer> batch = pending;
    pending = new ArrayList<>();
    long from = durable;
    long to = end;
    boolean written = false;
    boolean done = false;
    syncing = true;
    lock.unlock();
    try {
      file.write(batch.stream().map(ByteBuffer::duplicate).toArray(ByteBuffer[]::new), from);
      written = true;
      file.syncData();
      done = true;
    } finally {
      lock.lock();
      syncing = false;
      synced.signalAll();
      if (done) {
        durable = to;
      } else if (written) {
        // The kernel may have dropped the pages, and would report success the next time.
        poison(new IOException("its disk failed; restart the agent when that is mended"));
      } else {
        batch.addAll(pending);
        pending = batch;
      }
    }
  }

  /**
   * Replaces the whole content, atomically and durably. The caller sees to it that nobody appends
   * between the taking of {@code records} and the return of this call.
   */
  public void rewrite(Iterable<byte[]> records) throws IOException {
    lock.lock();
    try {
      while (syncing) {
        synced.awaitUninterruptibly();
      }
      checkUsable();
      String temporary = Directory.TEMPORARY_PREFIX + name;
      directory.unlink(temporary);
      OpenFile fresh = directory.create(temporary, 0600);
      long size;
      try {
        size = writeAll(fresh, records);
        directory.replace(temporary, name);
      } catch (IOException | RuntimeException e) {
        fresh.close();
        directory.unlink(temporary);
        throw e;
      }
      OpenFile old = file;
      file = fresh;
      pending = new ArrayList<>();
      end = size;
      durable = size;
      old.close();
      syncDirectory();
    } finally {
      lock.unlock();
    }
  }

  private long writeAll(OpenFile fresh, Iterable<byte[]> records) throws IOException {
    fresh.write(header(version), 0);
    List<ByteBuffer> batch = new ArrayList<>();
    long written = HEADER_BYTES;
    long size = HEADER_BYTES;
    for (byte[] record : records) {
      ByteBuffer framed = frame(record, size, HEADER_BYTES);
      batch.add(framed);
      size += framed.remaining();
      if (size - written > PENDING_MAX) {
        fresh.write(batch.toArray(ByteBuffer[]::new), written);
        written = size;
        batch.clear();
      }
    }
    fresh.write(batch.toArray(ByteBuffer[]::new), written);
    fresh.sync();
    return size;
  }

  /** Which of two files the name leads to after a crash is unknown now: nothing may be added. */
  private void syncDirectory() throws IOException {
    try {
      directory.sync();
    } catch (IOException e) {
      poison(e);
      throw e;
    }
  }

  /** Bytes of the file with everything that was appended. */
  public long size() {
    lock.lock();
    try {
      return end;
    } finally {
      lock.unlock();
    }
  }

  private long queuedBytes() {
    lock.lock();
    try {
      return end - durable;
    } finally {
      lock.unlock();
    }
  }

  /** Commits what is queued and closes the file; nothing when it is closed already. */
  @Override
  public void close() throws IOException {
    try {
      if (!closed.getAndSet(true) && queuedBytes() > 0) {
        commit();
      }
    } finally {
      poison(new IOException("it is closed"));
      file.close();
    }
  }

  private void poison(IOException reason) {
    lock.lock();
    try {
      poison = poison == null ? reason : poison;
    } finally {
      lock.unlock();
    }
  }

  private void checkUsable() throws IOException {
    if (poison != null) {
      throw new IOException(
          directory + "/" + name + " takes no records any more: " + poison.getMessage(), poison);
    }
  }

  private static OpenFile make(Directory directory, String name, int version) throws IOException {
    OpenFile file = directory.createUnnamed(0600);
    try {
      file.write(header(version), 0);
      file.sync();
      if (!directory.link(file, name)) {
        throw new IOException(directory + "/" + name + " was made by somebody else just now");
      }
      directory.sync();
      return file;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  private static ByteBuffer header(int version) {
    ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
    header.put(MAGIC).putInt(LAYOUT).putInt(version);
    header.putInt(crc(header.slice(0, header.position()), 0));
    return header.flip();
  }

  private static void checkHeader(ByteBuffer header, int version, String file) throws IOException {
    byte[] magic = new byte[MAGIC.length];
    if (header.remaining() == HEADER_BYTES) {
      header.get(magic);
    }
    if (!Arrays.equals(magic, MAGIC)) {
      throw new IOException(file + " is not a record log of dotf; move it away or restore it");
    }
    int layout = header.getInt();
    int found = header.getInt();
    if (header.getInt() != crc(header.slice(0, HEADER_BYTES - 4), 0)) {
      throw new IOException(file + " is damaged in its header; restore it from a copy");
    }
    if (layout > LAYOUT || found > version) {
      throw new IOException(
          file + " was written by a newer dotf (version " + found + "); install that one");
    }
  }

  private static ByteBuffer frame(byte[] record, long position, long durable) {
    ByteBuffer framed =
        ByteBuffer.allocate(RECORD_HEADER_BYTES + record.length + RECORD_TRAILER_BYTES);
    framed.putInt(record.length).putLong(durable);
    framed.putInt(crc(framed.slice(0, 12), position));
    framed.put(record).putInt(crc(ByteBuffer.wrap(record), position));
    return framed.flip();
  }

  /** CRC-32C over a position and bytes: a record is valid only where it was written. */
  static int crc(ByteBuffer bytes, long position) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(0, position));
    crc.update(bytes);
    return (int) crc.getValue();
  }
}
