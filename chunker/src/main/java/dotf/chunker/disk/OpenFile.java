package dotf.chunker.disk;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Map;

/**
 * An open regular file. Positions and sizes are bytes. Not interruptible: no thread's interrupt
 * closes it.
 */
public interface OpenFile extends Closeable {
  FileStat stat() throws IOException;

  /**
   * Reads at a position until the buffer is full or the file ends; the number of bytes, 0 at the
   * end.
   */
  int read(ByteBuffer into, long position) throws IOException;

  /** Writes all of the buffer at a position. */
  void write(ByteBuffer from, long position) throws IOException;

  /** Writes all buffers, one after the other, at a position (pwritev). */
  void write(ByteBuffer[] from, long position) throws IOException;

  /** Reserves space, growing the file; an IOException when the disk has none. */
  void allocate(long size) throws IOException;

  /**
   * Gives the space of a range back, which then reads as zeros; the size stays. False where the
   * filesystem cannot: then nothing has changed.
   */
  boolean punch(long position, long length) throws IOException;

  /** The bytes that the file's content takes on the disk; holes take none. */
  long allocated() throws IOException;

  void truncate(long size) throws IOException;

  /** fsync. After a failure this file must not be synced again: see the store's rules. */
  void sync() throws IOException;

  /** fdatasync. After a failure this file must not be synced again. */
  void syncData() throws IOException;

  /** Asks the kernel to forget the cached pages, so that the next read comes from the disk. */
  void dropCache() throws IOException;

  void setMode(int mode) throws IOException;

  void setModified(Instant modified) throws IOException;

  /**
   * The extended attributes in {@code user.*}, and others that we may read and set; empty where
   * unsupported.
   */
  Map<String, byte[]> attributes() throws IOException;

  /** Sets attributes; the names of those that the filesystem refused. */
  java.util.List<String> setAttributes(Map<String, byte[]> attributes) throws IOException;

  /** Takes a lease that a writer's open (for READ) or anybody's open (for WRITE) will break. */
  LeaseResult lease(LeaseKind kind) throws IOException;

  /**
   * What a lease guards against: READ against writers, WRITE against anybody else who has it open.
   */
  enum LeaseKind {
    READ,
    WRITE
  }

  /** What came of asking for a lease. */
  sealed interface LeaseResult {
    /** We have it, until it is closed or broken. */
    record Granted(Lease lease) implements LeaseResult {}

    /** Somebody has the file open, or mapped, in a way that conflicts. */
    record InUse() implements LeaseResult {}

    /**
     * This filesystem, or this file's owner, allows none: the file is stored and never replaced.
     */
    record Unsupported(String reason) implements LeaseResult {}
  }

  /** A lease that is held; closing it lets a waiting writer go on. */
  interface Lease extends AutoCloseable {
    /**
     * Whether nobody has asked for it yet. Poll at least every 50 ms: a writer waits for us
     * meanwhile.
     */
    boolean held() throws IOException;

    @Override
    void close() throws IOException;
  }
}
