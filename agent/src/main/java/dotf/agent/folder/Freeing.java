package dotf.agent.folder;

import dotf.agent.journal.FileVersion;
import dotf.chunker.block.BlockSink;
import dotf.chunker.block.BlockSource;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.stub.Stub;
import dotf.chunker.stub.StubReading;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Stores files, and replaces stored files by stubs, so that no version that rested on the disk is
 * lost, whatever programs do to the files meanwhile and wherever a crash strikes. The protocol is
 * in the module's README. Safe for use by many threads, as long as each file is in one call only.
 */
public final class Freeing {
  /** How many files share one commit, one sync and one hold. */
  public static final int BATCH_MAX = 256;

  /** How long a file is still watched after it was moved away, in case a writer is on his way. */
  public static final Duration HOLD = Duration.ofMillis(100);

  private final Vault vault;
  private final BlockSink sink;
  private final BlockSource proof;
  private final Permission permission;
  private final Intents intents;
  private final InstantSource clock;
  private final Duration hold;

  /**
   * @param proof reads blocks from the disk itself, not from memory
   * @param permission asked all along
   * @param hold {@link #HOLD}; shorter in tests only
   */
  public Freeing(
      Vault vault,
      BlockSink sink,
      BlockSource proof,
      Permission permission,
      Intents intents,
      InstantSource clock,
      Duration hold) {
    this.vault = vault;
    this.sink = sink;
    this.proof = proof;
    this.permission = permission;
    this.intents = intents;
    this.clock = clock;
    this.hold = hold;
  }

  /**
   * Stores files and proves that they are stored; removes and changes nothing. They share one
   * commit.
   *
   * @param requests at most {@link #BATCH_MAX}, each for another file
   * @return one outcome for each, in the same order
   * @throws IOException when the folder itself fails
   */
  public List<StoreOutcome> store(WatchedFolder folder, List<StoreRequest> requests)
      throws IOException {
    checkSize(requests.size());
    return new StoreBatch(folder, vault, sink, proof, permission).run(requests);
  }

  /** Stores one file. */
  public StoreOutcome store(WatchedFolder folder, StoreRequest request) throws IOException {
    return store(folder, List.of(request)).getFirst();
  }

  /**
   * Replaces stored files by their stubs, each after its blocks were read back once more: hours may
   * have passed since it was stored. The caller has seen to it that all copies that are asked for
   * exist. The originals stay in the quarantine until {@link Quarantine#purge}.
   *
   * @param wanted any number, each another file; up to {@link #BATCH_MAX} at a time share their
   *     syncs and the hold
   * @return one outcome for each, in the same order
   * @throws IOException when something could not be taken back now; recovery does it at the next
   *     start
   */
  public List<ReplaceOutcome> replace(WatchedFolder folder, List<Replacement> wanted)
      throws IOException {
    List<ReplaceOutcome> outcomes = new ArrayList<>(wanted.size());
    for (int from = 0; from < wanted.size(); from += BATCH_MAX) {
      List<Replacement> batch = wanted.subList(from, Math.min(wanted.size(), from + BATCH_MAX));
      outcomes.addAll(
          new ReplaceBatch(folder, vault, proof, permission, intents, clock, hold, batch).run());
    }
    return outcomes;
  }

  /**
   * Takes a stub away whose file has come back, or has a newer version: an authentic stub of that
   * file, or a damaged one that says it is of the version there, and only while the file itself is
   * there. The journal must name the newer version before.
   *
   * @param path of the file, not of its stub
   * @param present the version that the journal names
   * @return whether no stub of that file is left there
   */
  public boolean retireStub(WatchedFolder folder, String path, FileVersion present)
      throws IOException {
    Place file = Place.of(path);
    String stubName = file.stub().name();
    try (Directory directory = folder.directory(file.directory())) {
      FileStat there = directory.stat(file.name());
      StubEntry entry = StubEntry.read(directory, stubName, vault.stubs());
      if (entry == null) {
        return true;
      }
      if (!isOf(entry, present) || there == null || there.type() != FileStat.Type.FILE) {
        return false;
      }
      return new Retirement(folder, intents, clock)
          .run(directory, file.stub(), entry, present.digest(), present.manifest());
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  private static boolean isOf(StubEntry entry, FileVersion present) {
    return switch (entry.reading()) {
      case StubReading.Authentic(Stub stub) -> stub.metadata().fileId().equals(present.fileId());
      case StubReading.Damaged damaged ->
          present.manifest().equals(StubClaim.manifest(entry.bytes()));
      case StubReading.Foreign foreign -> false;
      case StubReading.NotAStub nothing -> false;
    };
  }

  /**
   * Writes stubs of files that are not there: after a recovery, or in the place of damaged ones.
   * Missing directories are made; no other file is touched. They share one sync.
   *
   * @param requests at most {@link #BATCH_MAX}, each for another file
   * @return the figures of each stub, in the same order; null where something else has its name
   * @throws IOException when the folder itself fails
   */
  public List<@Nullable FileStat> writeStubs(WatchedFolder folder, List<StubRequest> requests)
      throws IOException {
    checkSize(requests.size());
    return new StubBatch(folder, vault, intents.random()).run(requests);
  }

  /**
   * Brings versions back that files once had, as stubs. What has their names now is never replaced:
   * it is renamed, or the stub gets another name. They share one sync.
   *
   * @param wanted at most {@link #BATCH_MAX}, each for another file
   * @param opening hears the path of each stub that is about to be opened
   * @return one outcome for each, in the same order
   * @throws IOException when the folder itself fails; asking again is safe
   */
  public List<TakeBackOutcome> takeBack(
      WatchedFolder folder, List<TakeBack> wanted, Consumer<String> opening) throws IOException {
    checkSize(wanted.size());
    return new TakeBackBatch(folder, vault, clock.instant(), opening).run(wanted);
  }

  private static void checkSize(int size) {
    if (size > BATCH_MAX) {
      throw new IllegalArgumentException("a batch has at most " + BATCH_MAX + " files");
    }
  }
}
