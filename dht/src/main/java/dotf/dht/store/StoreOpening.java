package dotf.dht.store;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.Disk;
import dotf.dht.store.BlockIndex.BrokenException;
import dotf.dht.store.SegmentHeader.StoreId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything between a directory's path and a store that can be used. */
record StoreOpening(
    Directory directory,
    Closeable lock,
    StoreId store,
    StoreSettings settings,
    SegmentFiles files,
    HeldBlocks held,
    SegmentWriter.Start start) {
  private static final Logger LOG = LoggerFactory.getLogger(StoreOpening.class);
  private static final String INDEX_NAME = "index.db";

  /**
   * With less room than this on the disk the index does not grow; segments are searched instead.
   */
  private static final long INDEX_ROOM_BYTES = 256L << 20;

  static StoreOpening run(Disk disk, Path path, StoreSettings settings, RandomGenerator random)
      throws IOException {
    makeDirectory(disk, path);
    StoreLock lock = StoreLock.take(path);
    Directory directory = null;
    SegmentFiles files = null;
    try {
      directory = disk.open(path);
      files = new SegmentFiles(directory);
      Recovery.Found found = Recovery.run(directory, files);
      StoreId store =
          found.store() == null ? new StoreId(random.nextLong(), random.nextLong()) : found.store();
      CleanMark mark = CleanMark.take(directory, store);
      BooleanSupplier room = () -> hasRoom(disk, path);
      HeldBlocks held = held(path.resolve(INDEX_NAME), found.sealed(), mark, room);
      SegmentWriter.Start start = found.start();
      if (found.store() == null) {
        start = SegmentWriter.first(directory, store);
      }
      found.active().forEach(held::publish);
      return new StoreOpening(directory, lock, store, settings, files, held, start);
    } catch (IOException | RuntimeException e) {
      closeAll(e, files, directory, lock);
      throw e;
    }
  }

  private static void closeAll(Exception cause, @Nullable Closeable... opened) {
    for (Closeable closeable : opened) {
      try {
        if (closeable != null) {
          closeable.close();
        }
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  private static void makeDirectory(Disk disk, Path path) throws IOException {
    Path absolute = path.toAbsolutePath();
    Path parent = absolute.getParent();
    Path name = absolute.getFileName();
    if (parent == null || name == null) {
      throw new IOException("The file system's root cannot be a store.");
    }
    try (Directory home = disk.open(parent)) {
      if (home.makeDirectory(name.toString(), 0700)) {
        home.sync();
      }
    }
  }

  /** Takes over the index that a clean stop left, or makes it anew from the footers. */
  private static HeldBlocks held(
      Path index, List<Facts> sealed, @Nullable CleanMark mark, BooleanSupplier room)
      throws IOException {
    int last = sealed.isEmpty() ? 0 : sealed.getLast().segment();
    if (mark != null && mark.covered() == last) {
      try {
        return new HeldBlocks(sealed, mark.counts(), mark.filter(), BlockIndex.open(index), room);
      } catch (BrokenException e) {
        LOG.warn("The store's index cannot be opened ({}); it is made anew.", e.getMessage());
      }
    }
    SortedFacts facts = new SortedFacts(sealed);
    try {
      if (room.getAsBoolean()) {
        Tally tally = new Tally();
        BlockIndex built = BlockIndex.build(index, facts, tally::add);
        return new HeldBlocks(sealed, tally.counts, tally.filter, built, room);
      }
    } catch (BrokenException e) {
      LOG.warn("The store's index cannot be made; segments are searched instead.", e);
    }
    Tally tally = new Tally();
    facts.blocks(tally::add);
    return new HeldBlocks(sealed, tally.counts, tally.filter, null, room);
  }

  /** Counts blocks and fills the filter on the way. */
  private static final class Tally {
    final KeyFilter filter = new KeyFilter();
    Counts counts = Counts.ZERO;

    void add(SortedFacts.Block block) {
      counts = counts.changed(Held.NOTHING, block.held());
      filter.add(block.address().bytes());
      for (SortedFacts.Located located : block.said()) {
        if (Footer.hasChunk(located.entry())) {
          filter.add(located.entry().id().bytes());
        }
      }
    }
  }

  private static boolean hasRoom(Disk disk, Path path) {
    try {
      return disk.space(path).available() >= INDEX_ROOM_BYTES;
    } catch (IOException e) {
      return false;
    }
  }
}
