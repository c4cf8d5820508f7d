package dotf.dht.store;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.Disk;
import dotf.dht.store.SegmentHeader.StoreId;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Everything between a directory's path and a store that can be used. */
record StoreOpening(
    Directory directory,
    Closeable lock,
    StoreId store,
    StoreSettings settings,
    SegmentFiles files,
    HeldBlocks held,
    SegmentWriter.Start start,
    Reclaiming reclaiming,
    boolean suspect) {
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
      int last = found.sealed().isEmpty() ? 0 : found.sealed().getLast().segment();
      CleanMark mark = CleanMark.take(directory, store, last);
      Indexing indexing = new Indexing(disk, path, directory, store);
      HeldBlocks held = held(found.sealed(), mark, indexing, settings);
      SegmentWriter.Start start = found.start();
      if (found.store() == null) {
        start = SegmentWriter.first(directory, store);
      }
      found.active().forEach(held::publish);
      Reclaiming reclaiming = new Reclaiming(directory, files, held, start.use());
      if (mark == null) {
        reclaiming.search();
      } else {
        held.dead().forget(last);
      }
      reclaiming.run();
      boolean suspect = SuspectMark.isThere(directory);
      return new StoreOpening(
          directory, lock, store, settings, files, held, start, reclaiming, suspect);
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

  /** Takes over the filter that a clean stop left, or makes it anew from the footers. */
  private static HeldBlocks held(
      List<Facts> sealed, @Nullable CleanMark mark, Indexing indexing, StoreSettings settings)
      throws IOException {
    long memory = settings.footerMemory();
    int last = sealed.isEmpty() ? 0 : sealed.getLast().segment();
    if (mark != null) {
      return new HeldBlocks(
          sealed, mark.counts(), mark.filter(), indexing, indexing.open(last), memory);
    }
    Tally tally = new Tally();
    new SortedFacts(sealed).blocks(tally::add);
    return new HeldBlocks(
        sealed, tally.counts, tally.filter, indexing, indexing.open(last), memory);
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
}
