package dotf.dht.store;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.Disk;
import dotf.chunker.disk.OpenFile;
import dotf.dht.store.BlockIndex.BrokenException;
import dotf.dht.store.SegmentHeader.StoreId;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Makes index files in the background and finds the one that an earlier run made. A file has its
 * final name, {@code index2-<store id>-<last segment covered>.db}, only when it is complete and
 * durable, and is never written again.
 */
final class Indexing implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Indexing.class);
  private static final String NEW_NAME = "index.tmp";
  private static final String SUFFIX = ".db";

  /** A file mapped into memory must not meet a full disk. */
  private static final long ROOM_BYTES = 256L << 20;

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);

  private final Disk disk;
  private final Path path;
  private final Directory directory;
  private final String prefix;
  private @Nullable Thread builder;
  private volatile boolean closing;

  /**
   * An index in use.
   *
   * @param covered it knows the segments up to this number
   */
  record Indexed(BlockIndex index, int covered, String name) {}

  Indexing(Disk disk, Path path, Directory directory, StoreId store) {
    this.disk = disk;
    this.path = path;
    this.directory = directory;
    prefix = "index2-" + store + "-";
  }

  /** The newest index of segments up to {@code last}; every other is removed. Null: none. */
  @Nullable Indexed open(int last) throws IOException {
    int best = 0;
    for (Directory.Entry entry : directory.list()) {
      int covered = covered(entry.name());
      if (covered > best && covered <= last) {
        best = covered;
      }
    }
    Indexed opened = null;
    if (best > 0) {
      try {
        opened = opened(best);
      } catch (BrokenException e) {
        LOG.warn("The store's index cannot be opened ({}).", e.getMessage());
      }
    }
    for (Directory.Entry entry : directory.list()) {
      boolean inUse = opened != null && entry.name().equals(opened.name);
      if (entry.name().endsWith(SUFFIX) && !inUse) {
        directory.unlink(entry.name());
      }
    }
    return opened;
  }

  private Indexed opened(int covered) throws BrokenException, InterruptedIOException {
    String name = prefix + covered + SUFFIX;
    return new Indexed(new BlockIndex(path.resolve(name)), covered, name);
  }

  private int covered(String name) {
    boolean ours = name.startsWith(prefix) && name.endsWith(SUFFIX);
    String number = ours ? name.substring(prefix.length(), name.length() - SUFFIX.length()) : "";
    return number.matches("[0-9]{1,8}") ? Integer.parseInt(number) : 0;
  }

  /** Begins to make an index of these segments, unless one is being made or the disk is full. */
  synchronized void build(List<Facts> sealed, Consumer<Indexed> done) {
    if (!closing && (builder == null || !builder.isAlive()) && hasRoom()) {
      builder =
          Thread.ofPlatform().daemon().name("dotf-index-build").start(() -> make(sealed, done));
    }
  }

  private boolean hasRoom() {
    try {
      return disk.space(path).available() >= ROOM_BYTES;
    } catch (IOException e) {
      return false;
    }
  }

  private void make(List<Facts> sealed, Consumer<Indexed> done) {
    try {
      int covered = sealed.getLast().segment();
      directory.unlink(NEW_NAME);
      BlockIndex.build(path.resolve(NEW_NAME), new SortedFacts(sealed), () -> closing);
      try (OpenFile file = directory.openWrite(NEW_NAME)) {
        file.sync();
      }
      directory.replace(NEW_NAME, prefix + covered + SUFFIX);
      directory.sync();
      done.accept(opened(covered));
    } catch (Throwable e) {
      // Whatever MapDB or a mapped file throws: the footers go on answering.
      LOG.atLevel(closing ? Level.DEBUG : Level.WARN)
          .log("The store's index was not made ({}); segments are searched instead.", e.toString());
    }
  }

  /** Puts an index that nobody asks any more out of the way. */
  void discard(Indexed old) {
    old.index.close();
    try {
      directory.unlink(old.name);
    } catch (IOException e) {
      LOG.debug("{} is removed at the next start.", old.name);
    }
  }

  /** Gives up what is being made. */
  void closing() {
    closing = true;
  }

  /** Waits for the file that is being made. */
  @Override
  public void close() throws IOException {
    Thread last;
    synchronized (this) {
      last = builder;
    }
    try {
      if (last != null && !last.join(CLOSE_LIMIT)) {
        LOG.warn("The store's index is still being made.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while closing the store");
    }
  }
}
