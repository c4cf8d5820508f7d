package dotf.agent.folder;

import dotf.agent.folder.Intent.Kind;
import dotf.chunker.block.BlockSource;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import dotf.chunker.disk.OpenFile.LeaseResult;
import dotf.chunker.stub.Stub;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One file of a {@link ReplaceBatch}: the steps of phase B, and the way back from each. It is
 * pending while it has no outcome. Used by one thread.
 */
final class ReplaceItem {
  private static final int STUB_MODE_MASK = 0666;
  private static final int OWNER_READS = 0400;

  private final WatchedFolder folder;
  private final Vault vault;
  private final Replacement wanted;
  private final Place place;
  private @Nullable ReplaceOutcome outcome;
  private @Nullable Ready ready;
  private @Nullable Intent intent;
  private @Nullable OpenFile stubFile;
  private boolean oldStubAside;
  private @Nullable FileStat published;
  private boolean originalAside;
  private boolean toBeEnded;

  /** What is known once the file is leased and found to be what was stored. */
  private record Ready(BatchItem open, ByteBuffer stub, @Nullable StubEntry oldStub) {}

  ReplaceItem(WatchedFolder folder, Vault vault, Replacement wanted) {
    this.folder = folder;
    this.vault = vault;
    this.wanted = wanted;
    this.place = Place.of(wanted.path());
  }

  boolean pending() {
    return outcome == null;
  }

  ReplaceOutcome outcome() {
    return Objects.requireNonNull(outcome, "a batch gives every file an outcome");
  }

  /** All that would be left of the original is read back and opened, before it is leased. */
  void prove(BlockSource proof, Permission permission) throws IOException {
    permission.toRemove();
    vault.assembler().verify(wanted.file(), proof, wanted.elsewhere(), permission::toRemove);
  }

  /** B1 and B2: leased, and hashed again under the lease. */
  void prepare(Directories directories, Permission permission) throws IOException {
    BatchItem open;
    try {
      open = BatchItem.open(place, directories.of(place));
    } catch (NoSuchFileException e) {
      outcome = new ReplaceOutcome.Gone();
      return;
    }
    ReplaceOutcome refusal = null;
    try {
      refusal = refusal(open, permission);
      if (refusal == null) {
        ByteBuffer stub = ByteBuffer.wrap(vault.stubs().encode(Stub.of(wanted.file())));
        ready = new Ready(open, stub, StubEntry.read(open.directory, stubName(), vault.stubs()));
      }
    } finally {
      outcome = refusal;
      if (ready == null) {
        open.close();
      }
    }
  }

  private @Nullable ReplaceOutcome refusal(BatchItem open, Permission permission)
      throws IOException {
    Obstacle obstacle = StoreBatch.obstacle(folder, place, open.stat);
    if (obstacle != null) {
      return new ReplaceOutcome.Refused(obstacle);
    }
    if (!open.stat.unchangedSince(wanted.stat())) {
      return new ReplaceOutcome.Changed();
    }
    LeaseResult lease = open.takeLease();
    if (lease instanceof LeaseResult.InUse) {
      return new ReplaceOutcome.InUse();
    }
    if (lease instanceof LeaseResult.Unsupported) {
      return new ReplaceOutcome.Refused(Obstacle.NO_LEASES);
    }
    boolean same =
        vault
            .splitter()
            .matches(
                open.file::read,
                wanted.file().manifest(),
                () -> {
                  permission.toGoOn();
                  if (open.broken()) {
                    throw new LeaseBrokenException();
                  }
                });
    if (!same || open.broken() || !open.unchanged()) {
      return new ReplaceOutcome.Changed();
    }
    return nameTaken(open.directory);
  }

  /**
   * Of a, a.f, a.f.f only the longest becomes a stub: what another live stub would restore to stays
   * free, and somebody's own file keeps its name.
   */
  private @Nullable ReplaceOutcome nameTaken(Directory directory) throws IOException {
    StubEntry there = StubEntry.read(directory, stubName(), vault.stubs());
    if (there != null && !isEarlierStub(there)) {
      return new ReplaceOutcome.NameTaken(stubName());
    }
    Place beyond = place.stub().stub();
    if (place.stub().nameBytes() <= Place.NAME_BYTES_MAX) {
      StubEntry another = StubEntry.read(directory, beyond.name(), vault.stubs());
      if (another != null && another.isOurs()) {
        return new ReplaceOutcome.NameTaken(beyond.name());
      }
    }
    return null;
  }

  private boolean isEarlierStub(StubEntry entry) {
    Stub stub = entry.authentic();
    return stub != null
        && stub.metadata().fileId().equals(wanted.file().manifest().metadata().fileId());
  }

  /** B3, without its sync. */
  void writeIntent(Intents intents) throws IOException {
    Ready now = ready();
    intent =
        intents.begin(
            Kind.FREE,
            folder,
            place,
            now.open.stat,
            wanted.file().digest(),
            wanted.file().address(),
            Sha256.of(now.stub));
  }

  /** B4 up to the sync: the stub, without a name. */
  void writeStub() throws IOException {
    Ready now = ready();
    FileStat original = now.open.stat;
    int mode = (original.mode() & STUB_MODE_MASK) | OWNER_READS;
    stubFile = now.open.directory.createUnnamed(mode);
    stubFile.write(now.stub.duplicate(), 0);
    stubFile.setMode(mode);
    stubFile.setModified(original.modified());
  }

  void syncStub() throws IOException {
    stubFile().sync();
  }

  /** B4: the stub gets its name; that of an earlier version makes room. */
  void publish(Instant now) throws IOException {
    Ready known = ready();
    if (known.oldStub != null && !moveOldStubAside(known, known.oldStub)) {
      takeBack(new ReplaceOutcome.NameTaken(stubName()), now);
      return;
    }
    if (!known.open.directory.link(stubFile(), stubName())) {
      takeBack(new ReplaceOutcome.NameTaken(stubName()), now);
      return;
    }
    published = stubFile().stat();
  }

  private boolean moveOldStubAside(Ready known, StubEntry old) throws IOException {
    String aside = intent().asideForOldStub();
    try {
      if (!known.open.directory.rename(stubName(), folder.quarantine(), aside)) {
        throw new IOException(folder.quarantine() + "/" + aside + " is taken");
      }
    } catch (NoSuchFileException e) {
      return true;
    }
    oldStubAside = true;
    FileStat moved = folder.quarantine().stat(aside);
    return moved != null && moved.unchangedSinceButForName(old.stat());
  }

  /** B5 and B6: the original goes to the quarantine, if it still is the very file. */
  void moveAside(Permission permission, Instant now) throws IOException {
    permission.toRemove();
    BatchItem open = ready().open;
    FileStat named = open.directory.stat(place.name());
    if (open.broken() || named == null || !named.unchangedSince(open.stat)) {
      takeBack(new ReplaceOutcome.Changed(), now);
      return;
    }
    if (!open.directory.rename(place.name(), folder.quarantine(), intent().aside())) {
      throw new IOException(folder.quarantine() + "/" + intent().aside() + " is taken");
    }
    originalAside = true;
    FileStat moved = folder.quarantine().stat(intent().aside());
    if (moved == null || !moved.unchangedSinceButForName(open.stat) || open.broken()) {
      takeBack(new ReplaceOutcome.Changed(), now);
    }
  }

  /** B8: a writer who had found the original before it was moved can still come. */
  void takeBackIfBroken(Instant now) throws IOException {
    if (ready().open.broken()) {
      takeBack(new ReplaceOutcome.Changed(), now);
    }
  }

  /** The stub stands; the lease is let go. */
  void finish(Intents intents, Instant now) throws IOException {
    Ready known = ready();
    if (oldStubAside) {
      folder.quarantine().unlink(intent().asideForOldStub());
    }
    FileStat stub = known.open.directory.stat(stubName());
    intents.done(intent(), now);
    outcome = new ReplaceOutcome.Replaced(stub == null ? Objects.requireNonNull(published) : stub);
  }

  /** Undoes what was done, latest first, and then lets the writer go on. */
  void takeBack(ReplaceOutcome how, Instant now) throws IOException {
    outcome = how;
    if (ready == null || intent == null) {
      return;
    }
    Directory directory = ready.open.directory;
    if (originalAside) {
      String _ = Aside.putBack(folder, intent.aside(), directory, place.name(), now);
      originalAside = false;
    }
    ready.open.close();
    if (published != null) {
      String aside = intent.asideForNewStub();
      boolean _ =
          Aside.removeStub(folder, directory, stubName(), aside, published, ready.stub, now);
      published = null;
    }
    if (oldStubAside) {
      String _ = Aside.putBack(folder, intent.asideForOldStub(), directory, stubName(), now);
      oldStubAside = false;
    }
    toBeEnded = true;
  }

  /** After the directories were synced: nothing of what was taken back is left to recover. */
  void endIfTakenBack(Intents intents) throws IOException {
    if (toBeEnded && intent != null) {
      intents.end(intent);
    }
  }

  void close() throws IOException {
    try {
      if (stubFile != null) {
        stubFile.close();
      }
    } finally {
      if (ready != null) {
        ready.open.close();
      }
    }
  }

  private String stubName() {
    return place.stub().name();
  }

  private Ready ready() {
    return Objects.requireNonNull(ready);
  }

  private Intent intent() {
    return Objects.requireNonNull(intent);
  }

  private OpenFile stubFile() {
    return Objects.requireNonNull(stubFile);
  }
}
