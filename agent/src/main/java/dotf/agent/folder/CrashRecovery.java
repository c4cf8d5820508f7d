package dotf.agent.folder;

import dotf.chunker.Checkpoint;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/**
 * Brings a folder's files to rest after a crash: what was begun is finished where the stub stands,
 * and taken back where it does not. Every step may be interrupted by another crash and repeated.
 * Runs before anything else is done to the folder.
 */
public final class CrashRecovery {
  private final WatchedFolder folder;
  private final Vault vault;
  private final Intents intents;
  private final InstantSource clock;

  public CrashRecovery(WatchedFolder folder, Vault vault, Intents intents, InstantSource clock) {
    this.folder = folder;
    this.vault = vault;
    this.intents = intents;
    this.clock = clock;
  }

  /**
   * Recovers the folder, which must be healthy.
   *
   * @return how many files had been in the middle of something
   * @throws IOException when one could not be brought to rest; nothing more may be freed before
   *     another run succeeds
   */
  public int run() throws IOException {
    int count = 0;
    for (Intent intent : intents.begun(folder.id())) {
      try (Directory directory = directory(intent.place())) {
        switch (intent.kind()) {
          case FREE -> free(intent, directory);
          case RETIRE -> retire(intent, directory);
          case SWAP -> swap(intent, directory);
        }
      }
      count++;
    }
    intents.commit();
    return count;
  }

  /** The file's directory, or, when that is gone, the folder itself. */
  private Directory directory(Place place) throws IOException {
    try {
      return folder.directory(place.directory());
    } catch (NoSuchFileException e) {
      return folder.directory("");
    }
  }

  /**
   * With the stub in place and the original, unchanged, in the quarantine the file is freed.
   * Anything else goes back to how it was: the original first, then the stub away.
   */
  private void free(Intent intent, Directory directory) throws IOException {
    String name = intent.place().name();
    String stubName = intent.place().stub().name();
    FileStat stub = ownStub(intent, directory, stubName);
    boolean freed = stub != null && isOriginal(intent);
    if (!freed) {
      if (folder.quarantine().stat(intent.aside()) != null) {
        String _ = Aside.putBack(folder, intent.aside(), directory, name, clock.instant());
        directory.sync();
      }
      removeNewStub(intent, directory, name, stubName);
    }
    settleOldStub(intent, directory, stubName);
    directory.sync();
    folder.quarantine().sync();
    if (freed) {
      intents.done(intent, clock.instant());
    } else {
      intents.end(intent);
    }
  }

  private boolean isOriginal(Intent intent) throws IOException {
    try (OpenFile original = folder.quarantine().openRead(intent.aside())) {
      return intent.isInode(original.stat())
          && vault.splitter().digest(original::read, Checkpoint.NONE).equals(intent.digest());
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** The stub that this intent published, if it is there. */
  private @Nullable FileStat ownStub(Intent intent, Directory directory, String name)
      throws IOException {
    StubEntry entry = StubEntry.read(directory, name, vault.stubs());
    return entry != null && intent.isStub(entry.bytes()) ? entry.stat() : null;
  }

  /** Only while the file itself is there: a stub without one stands for it, whoever removed it. */
  private void removeNewStub(Intent intent, Directory directory, String name, String stubName)
      throws IOException {
    Directory quarantine = folder.quarantine();
    String aside = intent.asideForNewStub();
    StubEntry halfway = StubEntry.read(quarantine, aside, vault.stubs());
    boolean there = directory.stat(name) != null;
    if (halfway != null && there && intent.isStub(halfway.bytes())) {
      quarantine.unlink(aside);
    } else if (halfway != null) {
      String _ = Aside.putBack(folder, aside, directory, stubName, clock.instant());
    }
    StubEntry entry = StubEntry.read(directory, stubName, vault.stubs());
    if (there && entry != null && intent.isStub(entry.bytes())) {
      boolean _ =
          Aside.removeStub(
              folder, directory, stubName, aside, entry.stat(), entry.bytes(), clock.instant());
    }
  }

  /** The earlier version's stub is of no more use once another stands, else it belongs back. */
  private void settleOldStub(Intent intent, Directory directory, String stubName)
      throws IOException {
    String aside = intent.asideForOldStub();
    if (folder.quarantine().stat(aside) == null) {
      return;
    }
    if (ownStub(intent, directory, stubName) != null) {
      folder.quarantine().unlink(aside);
    } else {
      String _ = Aside.putBack(folder, aside, directory, stubName, clock.instant());
    }
  }

  private void retire(Intent intent, Directory directory) throws IOException {
    Place place = intent.place();
    settleAside(intent, directory, place.name(), directory.stat(place.target().name()) != null);
  }

  private void swap(Intent intent, Directory directory) throws IOException {
    FileStat aside = folder.quarantine().stat(intent.aside());
    if (aside != null && intent.isInode(aside)) {
      folder.quarantine().unlink(intent.aside());
    }
    String name = intent.place().name();
    settleAside(intent, directory, name, directory.stat(name) != null);
  }

  /** The stub that was moved aside goes for good if its file is there; all else goes back. */
  private void settleAside(Intent intent, Directory directory, String name, boolean fileThere)
      throws IOException {
    String aside = intent.aside();
    StubEntry entry = StubEntry.read(folder.quarantine(), aside, vault.stubs());
    if (entry != null && fileThere && intent.isStub(entry.bytes())) {
      folder.quarantine().unlink(aside);
    } else if (entry != null) {
      String _ = Aside.putBack(folder, aside, directory, name, clock.instant());
    }
    directory.sync();
    folder.quarantine().sync();
    intents.end(intent);
  }
}
