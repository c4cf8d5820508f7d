package dotf.agent.folder;

import dotf.chunker.block.BlockSink;
import dotf.chunker.block.BlockSource;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import dotf.chunker.disk.OpenFile.LeaseResult;
import dotf.chunker.manifest.FileMetadata;
import dotf.chunker.manifest.StoredFile;
import dotf.chunker.stub.StubReading;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Stores some files with one commit: phase A of safety's protocol. Each is read under a lease that
 * is held until its blocks were proved; a writer waits for us for {@link #POLL} at most.
 */
final class StoreBatch {
  private static final Duration POLL = Duration.ofMillis(20);

  /** How a database begins, by SQLite's "Database File Format", 1.3.1. */
  private static final byte[] SQLITE = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

  private final WatchedFolder folder;
  private final Vault vault;
  private final BlockSink sink;
  private final BlockSource proof;
  private final Permission permission;
  private final List<Item> items = new ArrayList<>();
  private long polled = System.nanoTime();

  StoreBatch(
      WatchedFolder folder, Vault vault, BlockSink sink, BlockSource proof, Permission permission) {
    this.folder = folder;
    this.vault = vault;
    this.sink = sink;
    this.proof = proof;
    this.permission = permission;
  }

  /** One file; it is pending while it has no outcome. */
  private static final class Item {
    final StoreRequest request;
    @Nullable StoreOutcome outcome;
    @Nullable BatchItem open;
    @Nullable Obstacle obstacle;
    @Nullable StoredFile stored;

    Item(StoreRequest request) {
      this.request = request;
    }

    void end(StoreOutcome how) throws IOException {
      outcome = how;
      if (open != null) {
        open.close();
      }
    }
  }

  private interface Step {
    void run(Item item, BatchItem open) throws IOException;
  }

  List<StoreOutcome> run(List<StoreRequest> requests) throws IOException {
    try (Directories directories = new Directories(folder)) {
      for (StoreRequest request : requests) {
        Item item = new Item(request);
        items.add(item);
        open(item, directories);
        step(item, this::split);
      }
      commit();
      for (Item item : items) {
        step(item, this::prove);
      }
      for (Item item : items) {
        step(item, this::finish);
      }
    } finally {
      for (Item item : items) {
        if (item.open != null) {
          item.open.close();
        }
      }
    }
    return items.stream().map(StoreBatch::outcome).toList();
  }

  private static StoreOutcome outcome(Item item) {
    return item.outcome == null ? new StoreOutcome.Changed() : item.outcome;
  }

  private void open(Item item, Directories directories) throws IOException {
    try {
      Place place = Place.of(item.request.path());
      Directory directory = directories.of(place);
      FileStat named = directory.stat(place.name());
      if (named == null) {
        item.end(new StoreOutcome.Gone());
      } else if (named.type() != FileStat.Type.FILE) {
        item.end(new StoreOutcome.Refused("it is not a regular file"));
      } else {
        BatchItem open = BatchItem.open(place, directory);
        item.open = open;
        begin(item, open);
      }
    } catch (NoSuchFileException e) {
      item.end(new StoreOutcome.Gone());
    } catch (IOException e) {
      item.end(new StoreOutcome.Failed(e));
    }
  }

  private void begin(Item item, BatchItem open) throws IOException {
    StubEntry beginning = StubEntry.read(open.file, vault.stubs());
    if (beginning.isOurs()) {
      item.end(new StoreOutcome.Refused("it is a stub of this vault"));
      return;
    }
    if (beginning.reading() instanceof StubReading.Foreign) {
      item.obstacle = Obstacle.FOREIGN_STUB;
    } else if (isDatabase(open.file)) {
      item.obstacle = Obstacle.DATABASE;
    } else {
      item.obstacle = obstacle(folder, open.place, open.stat);
    }
    switch (open.takeLease()) {
      case LeaseResult.Granted granted -> {}
      case LeaseResult.InUse inUse -> item.end(new StoreOutcome.InUse());
      case LeaseResult.Unsupported unsupported -> item.obstacle = Obstacle.NO_LEASES;
    }
  }

  /** Whatever its name: a program that finds no database under it begins an empty one. */
  private static boolean isDatabase(OpenFile file) throws IOException {
    ByteBuffer beginning = ByteBuffer.allocate(SQLITE.length);
    file.read(beginning, 0);
    return Arrays.equals(beginning.array(), SQLITE);
  }

  /** Why a file is never replaced, for all that can be seen without a lease; or null. */
  static @Nullable Obstacle obstacle(WatchedFolder folder, Place place, FileStat stat) {
    if (stat.links() != 1) {
      return Obstacle.HARD_LINKS;
    }
    if (stat.uid() != folder.disk().user()) {
      return Obstacle.OTHER_OWNER;
    }
    if (stat.immutable() || stat.appendOnly()) {
      return Obstacle.IMMUTABLE;
    }
    if (!folder.holds(stat)) {
      return Obstacle.OTHER_FILESYSTEM;
    }
    return place.nameBytes() > Place.NAME_BYTES_MAX ? Obstacle.NAME_TOO_LONG : null;
  }

  private static void step(Item item, Step step) throws IOException {
    if (item.outcome != null || item.open == null) {
      return;
    }
    try {
      step.run(item, item.open);
    } catch (LeaseBrokenException e) {
      item.end(new StoreOutcome.Changed());
    } catch (IOException e) {
      item.end(new StoreOutcome.Failed(e));
    }
  }

  private void split(Item item, BatchItem open) throws IOException {
    StoreRequest request = item.request;
    FileMetadata metadata =
        FileMetadata.of(
            request.fileId(),
            request.version(),
            request.parent(),
            open.stat.modified(),
            open.stat.mode(),
            open.file.attributes(),
            open.place.name());
    item.stored = vault.splitter().split(open.file::read, metadata, sink, () -> check(item, open));
  }

  private void commit() throws IOException {
    try {
      sink.commit();
    } catch (IOException e) {
      for (Item item : items) {
        step(item, (same, open) -> same.end(new StoreOutcome.Failed(e)));
      }
    }
  }

  /** Nothing is believed to be stored before it was read from the disk, opened, and found equal. */
  private void prove(Item item, BatchItem open) throws IOException {
    if (item.stored != null) {
      vault.assembler().verify(item.stored, proof, () -> check(item, open));
    }
  }

  private void finish(Item item, BatchItem open) throws IOException {
    if (item.stored == null || open.broken() || !open.unchanged()) {
      item.end(new StoreOutcome.Changed());
    } else {
      item.end(new StoreOutcome.Stored(item.stored, open.stat, item.obstacle));
    }
  }

  /** Called for every chunk: looks at this file's lease, and now and then at all the others'. */
  private void check(Item current, BatchItem open) throws IOException {
    permission.toGoOn();
    if (System.nanoTime() - polled > POLL.toNanos()) {
      for (Item item : items) {
        step(item, StoreBatch::endIfBroken);
      }
      polled = System.nanoTime();
    }
    if (current.outcome != null || open.broken()) {
      throw new LeaseBrokenException();
    }
  }

  private static void endIfBroken(Item item, BatchItem open) throws IOException {
    if (open.broken()) {
      item.end(new StoreOutcome.Changed());
    }
  }
}
