package dotf.agent.folder;

import dotf.agent.folder.Intent.Kind;
import dotf.agent.journal.FolderId;
import dotf.chunker.Checkpoint;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.BlockSource;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.Disk;
import dotf.chunker.disk.DiskFullException;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import dotf.chunker.manifest.Digest;
import dotf.chunker.stub.Stub;
import dotf.chunker.stub.StubReading;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Brings files back from their stubs: whole and verified, beside or in place of the stub, never
 * over another file. Safe for use by many threads; who asks for a file that is being restored gets
 * the same outcome.
 */
public final class Restoring {
  private final Vault vault;
  private final Intents intents;
  private final InstantSource clock;
  private final ConcurrentHashMap<Key, CompletableFuture<RestoreOutcome>> running =
      new ConcurrentHashMap<>();

  private record Key(FolderId folder, Place place) {}

  /** A file that was written, or found, and what it is called. */
  private record Published(String name, FileStat stat, boolean own, boolean found) {}

  public Restoring(Vault vault, Intents intents, InstantSource clock) {
    this.vault = vault;
    this.intents = intents;
    this.clock = clock;
  }

  /**
   * Restores the file that a stub of a folder stands for.
   *
   * @param path of the stub inside the folder. An entry without ".f" that is a stub is its own
   *     target: stub and content change places.
   * @param source asked for every block
   * @throws IOException when reading or writing fails; then the stub is as it was
   */
  public RestoreOutcome restore(
      WatchedFolder folder, String path, BlockSource source, RestoreOptions options)
      throws IOException {
    Key key = new Key(folder.id(), Place.of(path));
    CompletableFuture<RestoreOutcome> mine = new CompletableFuture<>();
    CompletableFuture<RestoreOutcome> first = running.putIfAbsent(key, mine);
    if (first != null) {
      return await(first);
    }
    try {
      RestoreOutcome outcome = restoreNow(folder, key.place, source, options);
      mine.complete(outcome);
      return outcome;
    } catch (Throwable e) {
      mine.completeExceptionally(e);
      throw e;
    } finally {
      running.remove(key);
    }
  }

  private static RestoreOutcome await(CompletableFuture<RestoreOutcome> other) throws IOException {
    try {
      return other.join();
    } catch (CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new IOException(cause.getMessage(), cause);
    }
  }

  /**
   * Writes the file that a stub stands for into another directory; the stub stays.
   *
   * @param from the stub's directory, of a folder or not
   * @param target where the file is put, {@code targetPath} by name
   * @return paths in the outcome are names in the target directory
   */
  public RestoreOutcome copy(
      Directory from,
      String stubName,
      Disk disk,
      Directory target,
      Path targetPath,
      BlockSource source,
      RestoreOptions options)
      throws IOException {
    StubEntry entry = StubEntry.read(from, stubName, vault.stubs());
    RestoreOutcome refusal = refusal(entry);
    if (refusal != null || entry == null) {
      return refusal == null ? new RestoreOutcome.Gone() : refusal;
    }
    Stub stub = Objects.requireNonNull(entry.authentic());
    String name = Place.of(stubName).target().name();
    return guarded(
        stub,
        disk,
        targetPath,
        options,
        () -> {
          Published published = publish(target, name, stub, source, options);
          return outcome(published, Place.of(published.name));
        });
  }

  private RestoreOutcome restoreNow(
      WatchedFolder folder, Place place, BlockSource source, RestoreOptions options)
      throws IOException {
    try (Directory directory = folder.directory(place.directory())) {
      StubEntry entry = StubEntry.read(directory, place.name(), vault.stubs());
      RestoreOutcome refusal = refusal(entry);
      if (refusal != null || entry == null) {
        return refusal == null ? new RestoreOutcome.Gone() : refusal;
      }
      Stub stub = Objects.requireNonNull(entry.authentic());
      return guarded(
          stub,
          folder.disk(),
          folder.path().resolve(place.directory()),
          options,
          () ->
              place.endsAsStub()
                  ? beside(folder, directory, place, entry, stub, source, options)
                  : inPlace(folder, directory, place, entry, stub, source, options));
    } catch (NoSuchFileException e) {
      return new RestoreOutcome.Gone();
    }
  }

  /** H1: null for an authentic stub. */
  private static @Nullable RestoreOutcome refusal(@Nullable StubEntry entry) {
    if (entry == null) {
      return new RestoreOutcome.Gone();
    }
    return switch (entry.reading()) {
      case StubReading.Authentic authentic -> null;
      case StubReading.Damaged(String reason) -> new RestoreOutcome.Damaged(reason);
      case StubReading.Foreign foreign -> new RestoreOutcome.Foreign(foreign.vault());
      case StubReading.NotAStub none -> new RestoreOutcome.NotAStub();
    };
  }

  private interface Work {
    RestoreOutcome run() throws IOException;
  }

  /** H2: the space is looked at before anything is fetched. */
  private static RestoreOutcome guarded(
      Stub stub, Disk disk, Path path, RestoreOptions options, Work work) throws IOException {
    long available = disk.space(path).available() - options.reserve();
    if (stub.size() > available) {
      return new RestoreOutcome.NoSpace(stub.size(), Math.max(0, available));
    }
    try {
      return work.run();
    } catch (BlockMissingException e) {
      return new RestoreOutcome.Missing(String.valueOf(e.getMessage()));
    } catch (DiskFullException e) {
      return new RestoreOutcome.NoSpace(stub.size(), disk.space(path).available());
    }
  }

  private RestoreOutcome beside(
      WatchedFolder folder,
      Directory directory,
      Place place,
      StubEntry entry,
      Stub stub,
      BlockSource source,
      RestoreOptions options)
      throws IOException {
    Place target = place.target();
    Published published = publish(directory, target.name(), stub, source, options);
    boolean _ =
        new Retirement(folder, intents, clock)
            .run(directory, place, entry, stub.digest(), stub.address());
    return outcome(published, target.named(published.name));
  }

  private static RestoreOutcome outcome(Published published, Place place) {
    if (published.found) {
      return new RestoreOutcome.AlreadyThere(place.path(), published.stat);
    }
    return published.own
        ? new RestoreOutcome.Restored(place.path(), published.stat)
        : new RestoreOutcome.Conflict(place.path(), published.stat);
  }

  /** H2 to H6: under its own name, or found there, or under a name that tells why not. */
  private Published publish(
      Directory directory, String name, Stub stub, BlockSource source, RestoreOptions options)
      throws IOException {
    FileStat same = sameContent(directory, name, stub.digest());
    if (same != null) {
      return new Published(name, same, true, true);
    }
    try (OpenFile file = new ContentFile(vault, source, options).write(directory, stub)) {
      boolean own = directory.link(file, name);
      String published = name;
      if (!own) {
        same = sameContent(directory, name, stub.digest());
        if (same != null) {
          return new Published(name, same, true, true);
        }
        published = linkBeside(directory, file, name);
      }
      directory.sync();
      return new Published(published, file.stat(), own, false);
    }
  }

  private @Nullable FileStat sameContent(Directory directory, String name, Digest digest)
      throws IOException {
    FileStat stat = directory.stat(name);
    if (stat == null || stat.type() != FileStat.Type.FILE) {
      return null;
    }
    try (OpenFile file = directory.openRead(name)) {
      Digest found = vault.splitter().digest(file::read, Checkpoint.NONE);
      return found.equals(digest) ? file.stat() : null;
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private String linkBeside(Directory directory, OpenFile file, String name) throws IOException {
    for (int attempt = 1; attempt <= KeptName.TRIES; attempt++) {
      String beside = KeptName.RESTORED.of(name, clock.instant(), attempt);
      if (directory.link(file, beside)) {
        return beside;
      }
    }
    throw new IOException(
        directory + "/" + name + " has too many restored copies beside it; move some away");
  }

  /** The content takes the stub's place in one step, and the stub goes from where it was. */
  private RestoreOutcome inPlace(
      WatchedFolder folder,
      Directory directory,
      Place place,
      StubEntry entry,
      Stub stub,
      BlockSource source,
      RestoreOptions options)
      throws IOException {
    Directory quarantine = folder.quarantine();
    try (OpenFile file = new ContentFile(vault, source, options).write(quarantine, stub)) {
      Intent intent =
          intents.begin(
              Kind.SWAP,
              folder,
              place,
              file.stat(),
              stub.digest(),
              stub.address(),
              Sha256.of(entry.bytes()));
      intents.commit();
      if (!quarantine.link(file, intent.aside())) {
        throw new IOException(quarantine + "/" + intent.aside() + " is taken");
      }
      quarantine.sync();
      quarantine.exchange(intent.aside(), directory, place.name());
      boolean swapped = isStillThatStub(quarantine, intent);
      if (!swapped) {
        quarantine.exchange(intent.aside(), directory, place.name());
      }
      directory.sync();
      quarantine.unlink(intent.aside());
      quarantine.sync();
      intents.end(intent);
      return swapped
          ? new RestoreOutcome.Restored(place.path(), file.stat())
          : new RestoreOutcome.NotAStub();
    }
  }

  private static boolean isStillThatStub(Directory quarantine, Intent intent) throws IOException {
    FileStat stat = quarantine.stat(intent.aside());
    if (stat == null || stat.type() != FileStat.Type.FILE) {
      return false;
    }
    try (OpenFile file = quarantine.openRead(intent.aside())) {
      return intent.isStub(StubEntry.content(file));
    }
  }
}
