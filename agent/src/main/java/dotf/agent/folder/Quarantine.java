package dotf.agent.folder;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import dotf.chunker.disk.OpenFile.LeaseKind;
import dotf.chunker.disk.OpenFile.LeaseResult;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the originals of freed files wait before they are removed for good, in case a program that
 * still had one open has written to it. Used by one thread at a time.
 */
public final class Quarantine {
  private final WatchedFolder folder;
  private final Vault vault;
  private final Permission permission;
  private final Intents intents;
  private final InstantSource clock;
  private long tried;

  /** {@code permission} is asked before each original. */
  public Quarantine(
      WatchedFolder folder,
      Vault vault,
      Permission permission,
      Intents intents,
      InstantSource clock) {
    this.folder = folder;
    this.vault = vault;
    this.permission = permission;
    this.intents = intents;
    this.clock = clock;
  }

  /**
   * What one purge came to.
   *
   * @param removed originals that are gone: equal to their stored content, and open nowhere
   * @param kept paths of those that had been written to, each under a name beside its stub
   * @param waiting those that a program still has open, or that there was no permission for
   */
  public record Purged(int removed, List<String> kept, int waiting) {}

  private enum Fate {
    REMOVED,
    KEPT,
    WAITING
  }

  /** Bytes of the originals that wait. */
  public long bytes() {
    return intents.quarantinedBytes(folder.id());
  }

  /**
   * Removes originals that have waited long enough: one that nobody has open and whose content
   * still is what was stored. One that was written to becomes a file again. May be broken off at
   * any point and called again.
   *
   * @param age how long an original waits at least
   * @param most how many are looked at in this call; the next one goes on behind them
   */
  public Purged purge(Duration age, int most) throws IOException {
    Instant now = clock.instant();
    List<Intent> due = intents.doneBefore(folder.id(), now.minus(age), tried, most);
    tried = due.size() < most ? 0 : due.getLast().number();
    List<Intent> ended = new ArrayList<>();
    List<String> kept = new ArrayList<>();
    for (Intent intent : due) {
      Fate fate = look(intent);
      if (fate == Fate.KEPT) {
        kept.add(resurrect(intent, now));
      }
      if (fate != Fate.WAITING) {
        ended.add(intent);
      }
    }
    if (!ended.isEmpty()) {
      folder.quarantine().sync();
      for (Intent intent : ended) {
        intents.end(intent);
      }
      intents.commit();
    }
    return new Purged(ended.size() - kept.size(), kept, due.size() - ended.size());
  }

  private Fate look(Intent intent) throws IOException {
    if (!isPermitted()) {
      return Fate.WAITING;
    }
    try (OpenFile original = folder.quarantine().openRead(intent.aside())) {
      return switch (original.lease(LeaseKind.WRITE)) {
        case LeaseResult.Granted(OpenFile.Lease lease) -> look(intent, original, lease);
        case LeaseResult.InUse inUse -> Fate.WAITING;
        case LeaseResult.Unsupported unsupported -> Fate.WAITING;
      };
    } catch (NoSuchFileException e) {
      return Fate.REMOVED;
    }
  }

  /** Removed while the lease is held: nobody has it open, and nobody can open it meanwhile. */
  private Fate look(Intent intent, OpenFile original, OpenFile.Lease lease) throws IOException {
    boolean same;
    try {
      same =
          intent.isInode(original.stat())
              && vault
                  .splitter()
                  .digest(
                      original::read,
                      () -> {
                        permission.toRemove();
                        if (!lease.held()) {
                          throw new LeaseBrokenException();
                        }
                      })
                  .equals(intent.digest());
    } catch (LeaseBrokenException | UnsoundStoreException | StoppedException e) {
      return Fate.WAITING;
    }
    if (!same) {
      return Fate.KEPT;
    }
    if (!lease.held() || !isPermitted()) {
      return Fate.WAITING;
    }
    folder.quarantine().unlink(intent.aside());
    return Fate.REMOVED;
  }

  private boolean isPermitted() throws IOException {
    try {
      permission.toRemove();
      return true;
    } catch (UnsoundStoreException | StoppedException e) {
      return false;
    }
  }

  /** Its directory may be gone by now; then the folder itself takes it. */
  private String resurrect(Intent intent, Instant now) throws IOException {
    Place place = intent.place();
    try (Directory directory = folder.directory(place.directory())) {
      String name = Aside.keep(folder, intent.aside(), directory, place.name(), now);
      directory.sync();
      return place.named(name).path();
    } catch (NoSuchFileException e) {
      String name = Aside.keep(folder, intent.aside(), folder.root(), place.name(), now);
      folder.root().sync();
      return name;
    }
  }
}
