package dotf.agent;

import dotf.agent.Sight.Content;
import dotf.agent.Sight.DamagedStub;
import dotf.agent.Sight.ForeignStub;
import dotf.agent.Sight.OwnStub;
import dotf.agent.Sight.Special;
import dotf.agent.Sight.Standing;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.folder.StubClaim;
import dotf.agent.folder.WatchedFolder;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.agent.journal.FolderId;
import dotf.agent.journal.Journal;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import dotf.chunker.stub.Stub;
import dotf.chunker.stub.StubCodec;
import dotf.chunker.stub.StubReading;
import dotf.watcher.OpenLedger;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a file's two names. Opens an entry only when its figures are not those that the catalog
 * knows, and then announces it as our own.
 *
 * <p>Whose is the stub {@code a.f}? That of {@code a}, unless content of another file stands at
 * {@code a}: then it is a stub under its own full name.
 */
final class Examiner {
  /** Enough to see whether a file claims to be a stub. */
  private static final int BEGINNING_BYTES = 64;

  private final WatchedFolder folder;
  private final FolderId id;
  private final Journal journal;
  private final StubCodec stubs;
  private final OpenLedger ledger;
  private final InstantSource clock;

  Examiner(
      WatchedFolder folder,
      FolderId id,
      Journal journal,
      StubCodec stubs,
      OpenLedger ledger,
      InstantSource clock) {
    this.folder = folder;
    this.id = id;
    this.journal = journal;
    this.stubs = stubs;
    this.ledger = ledger;
    this.clock = clock;
  }

  /**
   * What stands at the names of {@code path} now.
   *
   * @param known the catalog's row of it, or null
   * @throws IOException when it cannot be told: never to be taken for absence
   */
  Sight look(String path, @Nullable Row known) throws IOException {
    Names names = Names.of(path);
    try (Directory directory = folder.root().openDirectory(names.parent())) {
      return look(directory, names, path, known);
    } catch (NoSuchFileException e) {
      if (folder.health() != WatchedFolder.Health.HEALTHY) {
        throw new IOException(folder + " is not there, or not the folder that was added", e);
      }
      return new Sight(null, null, false);
    }
  }

  /** The figures of the entry at this very path, or null when there is none. */
  @Nullable FileStat statOf(String path) throws IOException {
    Names names = Names.of(path);
    try (Directory directory = folder.root().openDirectory(names.parent())) {
      return directory.stat(names.name());
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Whether neither a file nor its stub is there. */
  boolean isGone(String path) throws IOException {
    return statOf(path) == null
        && (Names.of(path).isTooLongForStub() || statOf(Names.stubOf(path)) == null);
  }

  private Sight look(Directory directory, Names names, String path, @Nullable Row known)
      throws IOException {
    FileVersion version = journal.find(new FileKey(id, path));
    Standing own = standing(directory, names.name(), names.parent(), known, version);
    if (own instanceof OwnStub stub) {
      own = null;
      if (isItsOwn(directory, names, stub)) {
        OwnStub bare = new OwnStub(stub.stat(), stub.version(), true);
        return new Sight(null, bare, false);
      }
    }
    if (own instanceof DamagedStub && names.isStubName()) {
      own = null;
    }
    if (own instanceof DamagedStub damaged) {
      return new Sight(null, damaged, false);
    }
    if (names.isTooLongForStub()) {
      return new Sight(own, null, false);
    }
    Standing stub = standing(directory, names.stubName(), names.parent(), known, version);
    boolean ours =
        switch (stub) {
          case OwnStub standing ->
              own == null
                  || (version != null && version.fileId().equals(standing.version().fileId()));
          case DamagedStub damaged ->
              own == null || (version != null && version.manifest().equals(damaged.claim()));
          case null, default -> false;
        };
    boolean taken = (stub != null && !ours) || isOriginalOfLiveStub(path);
    return new Sight(own, ours ? stub : null, taken);
  }

  /** Of {@code a}, {@code a.f} and {@code a.f.f} only the longest becomes a stub. */
  private boolean isOriginalOfLiveStub(String path) {
    return journal.find(new FileKey(id, Names.stubOf(path))) != null;
  }

  /** Whether a stub belongs to the very name it has, and not to the name without {@code .f}. */
  private boolean isItsOwn(Directory directory, Names names, OwnStub stub) throws IOException {
    if (!names.isStubName()) {
      return true;
    }
    FileStat base = directory.stat(names.baseName());
    if (base == null || base.type() != FileStat.Type.FILE) {
      return false;
    }
    FileVersion version = journal.find(new FileKey(id, names.basePath()));
    return version == null || !version.fileId().equals(stub.version().fileId());
  }

  private @Nullable Standing standing(
      Directory directory,
      String name,
      String parent,
      @Nullable Row known,
      @Nullable FileVersion version)
      throws IOException {
    FileStat stat = directory.stat(name);
    if (stat == null || stat.type() == FileStat.Type.DIRECTORY) {
      return null;
    }
    if (stat.type() != FileStat.Type.FILE) {
      return new Special(stat);
    }
    if (known != null
        && known.file() != null
        && known.reason() != Reason.STUB_DAMAGED
        && known.file().matches(stat)) {
      return new Content(stat);
    }
    if (known != null
        && version != null
        && known.stub() != null
        && known.stub().matches(stat)
        && version.manifest().equals(known.hash())) {
      return new OwnStub(stat, version, false);
    }
    return read(directory, name, parent, stat);
  }

  private Standing read(Directory directory, String name, String parent, FileStat stat)
      throws IOException {
    ledger.expect(Names.join(parent, name), clock.instant());
    try (OpenFile file = directory.openRead(name)) {
      ByteBuffer bytes = ByteBuffer.allocate(BEGINNING_BYTES);
      file.read(bytes, 0);
      if (!StubCodec.claimsToBeStub(bytes.flip())) {
        return new Content(stat);
      }
      bytes = ByteBuffer.allocate(Stub.BYTES_MAX + 1);
      file.read(bytes, 0);
      return switch (stubs.read(bytes.flip().duplicate())) {
        case StubReading.Authentic(Stub stub) -> new OwnStub(stat, versionOf(stub), false);
        case StubReading.Damaged damaged -> new DamagedStub(stat, StubClaim.manifest(bytes));
        case StubReading.Foreign foreign -> new ForeignStub(stat);
        case StubReading.NotAStub nothing -> new Content(stat);
      };
    }
  }

  private static FileVersion versionOf(Stub stub) {
    return new FileVersion(
        stub.address(),
        stub.metadata().fileId(),
        stub.metadata().version().total(),
        stub.size(),
        stub.metadata().modified(),
        stub.digest());
  }
}
