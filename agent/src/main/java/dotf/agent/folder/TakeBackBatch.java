package dotf.agent.folder;

import dotf.agent.folder.TakeBackOutcome.Back;
import dotf.agent.folder.TakeBackOutcome.LeftAlone;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import dotf.chunker.disk.OpenFile.Lease;
import dotf.chunker.disk.OpenFile.LeaseKind;
import dotf.chunker.disk.OpenFile.LeaseResult;
import dotf.chunker.manifest.StoredFile;
import dotf.chunker.stub.Stub;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Publishes stubs of versions that files once had. Nothing is replaced and nothing removed: what
 * has a name that is needed is renamed, or the stub gets another name. A crash leaves each file
 * under one name or the other, which the next look takes for a rename or for a new file.
 *
 * @param opening hears the path of each stub that is about to be opened
 */
record TakeBackBatch(WatchedFolder folder, Vault vault, Instant now, Consumer<String> opening) {

  /** One outcome for each, in the same order; they share one sync. */
  List<TakeBackOutcome> run(List<TakeBack> wanted) throws IOException {
    List<TakeBackOutcome> outcomes = new ArrayList<>();
    for (TakeBack one : wanted) {
      outcomes.add(takeBack(one));
    }
    folder.root().syncFilesystem();
    return outcomes;
  }

  private TakeBackOutcome takeBack(TakeBack wanted) throws IOException {
    Place place = Place.of(wanted.path());
    try (Directory directory = new NewStub(folder, vault).makeDirectory(place.directory())) {
      return takeBack(directory, place, wanted);
    }
  }

  private TakeBackOutcome takeBack(Directory directory, Place place, TakeBack wanted)
      throws IOException {
    StoredFile file = wanted.file();
    if (place.nameBytes() > Place.NAME_BYTES_MAX) {
      return beside(directory, place, file);
    }
    FileStat own = directory.stat(place.name());
    FileStat stub = directory.stat(place.stub().name());
    Stub standing = stub == null ? null : stub(directory, place.stub());
    if (own != null && (!wanted.moveAside() || own.type() != FileStat.Type.FILE)) {
      return beside(directory, place, file);
    }
    String kept = null;
    if (own != null) {
      FileStat seen = wanted.content();
      if (seen == null || !own.unchangedSince(seen)) {
        return new LeftAlone("it has changed since; ask again when it has come to rest");
      }
      kept = moveContent(directory, place);
      if (kept == null) {
        return new LeftAlone("a program has it open; close that and ask again");
      }
    }
    if (stub != null && standing != null && standing.address().equals(file.address())) {
      return new Back(place.path(), stub, kept);
    }
    if (stub != null && standing != null && wanted.moveAside()) {
      String keptStub = move(directory, place, Place.SUFFIX);
      kept = kept == null ? keptStub : kept;
    }
    FileStat published = publish(directory, place, file);
    if (published != null) {
      return new Back(place.path(), published, kept);
    }
    Back beside = beside(directory, place, file);
    return new Back(beside.path(), beside.stub(), kept);
  }

  private @Nullable Stub stub(Directory directory, Place stub) throws IOException {
    opening.accept(stub.path());
    StubEntry entry = StubEntry.read(directory, stub.name(), vault.stubs());
    return entry == null ? null : entry.authentic();
  }

  /** The name that the content has now, or null when a program has it open for writing. */
  private @Nullable String moveContent(Directory directory, Place place) throws IOException {
    try (OpenFile file = directory.openRead(place.name())) {
      return switch (file.lease(LeaseKind.READ)) {
        case LeaseResult.InUse inUse -> null;
        case LeaseResult.Unsupported unsupported -> move(directory, place, "");
        case LeaseResult.Granted(Lease lease) -> {
          try (lease) {
            yield move(directory, place, "");
          }
        }
      };
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Renames a file, or its stub, to a free name that tells why; the path of that file. */
  private String move(Directory directory, Place place, String suffix) throws IOException {
    for (int attempt = 1; attempt <= KeptName.TRIES; attempt++) {
      Place kept = place.named(KeptName.BEFORE_UNDO.of(place.name(), now, attempt));
      if (isFree(directory, kept)
          && directory.rename(place.name() + suffix, directory, kept.name() + suffix)) {
        return kept.path();
      }
    }
    throw new IOException(place.path() + " has too many copies beside it; remove some");
  }

  /** The stub under another name, since its own is taken. */
  private Back beside(Directory directory, Place place, StoredFile file) throws IOException {
    for (int attempt = 1; attempt <= KeptName.TRIES; attempt++) {
      Place beside = place.named(KeptName.RESTORED.of(place.name(), now, attempt));
      FileStat stub = isFree(directory, beside) ? publish(directory, beside, file) : null;
      if (stub != null) {
        return new Back(beside.path(), stub, null);
      }
    }
    throw new IOException(place.path() + " has too many copies beside it; remove some");
  }

  private static boolean isFree(Directory directory, Place place) throws IOException {
    return directory.stat(place.name()) == null && directory.stat(place.stub().name()) == null;
  }

  /** The figures of the stub under its name; null when that is taken. */
  private @Nullable FileStat publish(Directory directory, Place place, StoredFile file)
      throws IOException {
    String name = place.stub().name();
    try (OpenFile stub = new NewStub(folder, vault).write(directory, file)) {
      return directory.link(stub, name) ? directory.stat(name) : null;
    }
  }
}
