package dotf.agent.folder;

import dotf.chunker.block.BlockSource;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Replaces some stored files by their stubs: phase B of safety's protocol, its syncs and its hold
 * shared by all. A file that goes wrong is taken back alone; a sync that fails takes all back.
 */
final class ReplaceBatch {
  /** So many stubs are synced one by one; of more the whole filesystem is. */
  private static final int SINGLE_SYNCS = 8;

  private static final Duration POLL = Duration.ofMillis(5);

  private final WatchedFolder folder;
  private final BlockSource proof;
  private final Permission permission;
  private final Intents intents;
  private final InstantSource clock;
  private final Duration hold;
  private final List<ReplaceItem> items;

  ReplaceBatch(
      WatchedFolder folder,
      Vault vault,
      BlockSource proof,
      Permission permission,
      Intents intents,
      InstantSource clock,
      Duration hold,
      List<Replacement> wanted) {
    this.folder = folder;
    this.proof = proof;
    this.permission = permission;
    this.intents = intents;
    this.clock = clock;
    this.hold = hold;
    items = wanted.stream().map(one -> new ReplaceItem(folder, vault, one)).toList();
  }

  private interface Step {
    void run(ReplaceItem item) throws IOException;
  }

  private interface SharedStep {
    void run() throws IOException;
  }

  List<ReplaceOutcome> run() throws IOException {
    try (Directories directories = new Directories(folder)) {
      each(item -> item.prove(proof, permission));
      each(item -> item.prepare(directories, permission));
      each(item -> item.writeIntent(intents));
      together(intents::commit);
      each(ReplaceItem::writeStub);
      together(this::syncStubs);
      each(item -> item.publish(clock.instant()));
      together(directories::sync);
      each(item -> item.moveAside(permission, clock.instant()));
      long moved = System.nanoTime();
      together(() -> syncNames(directories));
      watch(moved);
      finish(directories);
    } finally {
      for (ReplaceItem item : items) {
        item.close();
      }
    }
    return items.stream().map(ReplaceItem::outcome).toList();
  }

  private void each(Step step) throws IOException {
    for (ReplaceItem item : items) {
      if (item.pending()) {
        try {
          step.run(item);
        } catch (LeaseBrokenException e) {
          item.takeBack(new ReplaceOutcome.Changed(), clock.instant());
        } catch (IOException e) {
          item.takeBack(new ReplaceOutcome.Failed(e), clock.instant());
        }
      }
    }
  }

  private void together(SharedStep step) throws IOException {
    if (items.stream().noneMatch(ReplaceItem::pending)) {
      return;
    }
    try {
      step.run();
    } catch (IOException e) {
      each(item -> item.takeBack(new ReplaceOutcome.Failed(e), clock.instant()));
    }
  }

  /** A stub that has its name is whole, whatever happens: so its bytes are durable before. */
  private void syncStubs() throws IOException {
    if (items.stream().filter(ReplaceItem::pending).count() > SINGLE_SYNCS) {
      folder.root().syncFilesystem();
    } else {
      each(ReplaceItem::syncStub);
    }
  }

  private void syncNames(Directories directories) throws IOException {
    directories.sync();
    folder.quarantine().sync();
  }

  private void watch(long since) throws IOException {
    while (System.nanoTime() - since < hold.toNanos()
        && items.stream().anyMatch(ReplaceItem::pending)) {
      each(item -> item.takeBackIfBroken(clock.instant()));
      LockSupport.parkNanos(POLL.toNanos());
    }
    each(item -> item.takeBackIfBroken(clock.instant()));
  }

  private void finish(Directories directories) throws IOException {
    each(item -> item.finish(intents, clock.instant()));
    syncNames(directories);
    for (ReplaceItem item : items) {
      item.endIfTakenBack(intents);
    }
    intents.commit();
  }
}
