package dotf.agent;

import dotf.agent.folder.CrashRecovery;
import dotf.agent.folder.LostFolderException;
import dotf.agent.folder.Quarantine;
import dotf.agent.folder.WatchedFolder;
import dotf.agent.folder.WatchedFolder.Health;
import dotf.agent.journal.FolderId;
import dotf.agent.journal.JournalFolder;
import dotf.watcher.FolderEvent;
import dotf.watcher.FolderWatcher;
import dotf.watcher.IgnoreRules;
import dotf.watcher.OpenLedger;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tie to a folder on the disk: its handle, its watcher, its rules. When the folder vanishes the
 * tie is cut, nothing is concluded from what is not there, and it is tried again from time to time.
 */
final class Attachment implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Attachment.class);
  private static final int EVENTS_MAX = 4096;
  private static final Duration OWN_OPEN_EXPIRY = Duration.ofSeconds(30);
  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration HEALTH_CHECK = Duration.ofSeconds(10);

  private final Device device;
  private final JournalFolder folder;
  private final Path path;
  private final WatcherOpener watchers;
  private final Runnable wake;
  private final BlockingQueue<FolderEvent> events = new ArrayBlockingQueue<>(EVENTS_MAX);
  private final OpenLedger ledger = new OpenLedger(OWN_OPEN_EXPIRY);
  private final IgnoreRules rules;
  private volatile @Nullable Tie tie;
  private volatile @Nullable String problem;
  private volatile boolean closed;
  private boolean attaching;
  private boolean fresh;
  private Instant nextTry = Instant.MIN;

  private record Tie(
      WatchedFolder folder, FolderWatcher watcher, Examiner examiner, Quarantine quarantine) {}

  Attachment(Device device, JournalFolder folder, WatcherOpener watchers, Runnable wake) {
    this.device = device;
    this.folder = folder;
    this.path = Path.of(folder.path());
    this.watchers = watchers;
    this.wake = wake;
    this.rules = IgnoreRules.of(path);
  }

  Path path() {
    return path;
  }

  FolderId id() {
    return folder.id();
  }

  OpenLedger ledger() {
    return ledger;
  }

  IgnoreRules rules() {
    return rules;
  }

  /** Why there is no tie, or null. */
  @Nullable String problem() {
    return problem;
  }

  boolean isAttached() {
    return tie != null;
  }

  /** Whether the tie was made anew since this was last asked: everything must be scanned. */
  boolean takeFresh() {
    boolean was = fresh;
    fresh = false;
    return was;
  }

  WatchedFolder folder() throws IOException {
    return current().folder();
  }

  Quarantine quarantine() throws IOException {
    return current().quarantine();
  }

  Examiner examiner() throws IOException {
    return current().examiner();
  }

  /** Whether the folder is there; begins to attach it when it is not. On the events thread. */
  boolean ensure(Instant now) {
    Tie known = tie;
    if (known != null && now.isBefore(nextTry)) {
      return true;
    }
    if (attaching || (known == null && now.isBefore(nextTry))) {
      return false;
    }
    if (known != null && isHealthy()) {
      nextTry = now.plus(HEALTH_CHECK);
      return true;
    }
    if (known != null) {
      lost(known.folder().health());
      return false;
    }
    attaching = true;
    nextTry = now.plus(RETRY);
    device.blocking().execute(this::attach);
    return false;
  }

  boolean isHealthy() {
    Tie known = tie;
    return known != null && known.folder().health() == WatchedFolder.Health.HEALTHY;
  }

  /** Nothing is done until the folder is back. */
  void lost(Health health) {
    Tie old = tie;
    tie = null;
    nextTry = Instant.MIN;
    // Back within a moment, it is tied anew all the same.
    problem = LostRoot.words(path, health == Health.HEALTHY ? Health.VANISHED : health);
    LOG.warn("{}", problem);
    events.clear();
    if (old != null) {
      device.blocking().execute(() -> close(old));
    }
  }

  int waitingEvents() {
    return events.size();
  }

  List<FolderEvent> takeEvents() {
    List<FolderEvent> taken = new ArrayList<>();
    events.drainTo(taken, EVENTS_MAX / 2);
    return taken;
  }

  @Override
  public void close() throws IOException {
    closed = true;
    Tie old = tie;
    tie = null;
    if (old != null) {
      close(old);
    }
  }

  private Tie current() throws IOException {
    Tie known = tie;
    if (known == null) {
      String why = problem;
      throw new TryLaterException(why == null ? path + " is not attached yet" : why);
    }
    return known;
  }

  private void attach() {
    Tie made = null;
    String failure = null;
    try {
      WatchedFolder opened = WatchedFolder.open(device.disk(), path, folder.id());
      try {
        int halfway =
            new CrashRecovery(opened, device.vault(), device.intents(), device.clock()).run();
        if (halfway > 0) {
          LOG.info("{}: {} files had been in the middle of something", path, halfway);
        }
        FolderWatcher watcher = watchers.open(path, this::hear);
        made =
            new Tie(
                opened,
                watcher,
                new Examiner(
                    opened,
                    folder.id(),
                    device.journal(),
                    device.vault().stubs(),
                    ledger,
                    device.clock()),
                new Quarantine(
                    opened, device.vault(), device.leave(), device.intents(), device.clock()));
      } catch (IOException e) {
        opened.close();
        throw e;
      }
    } catch (LostFolderException e) {
      failure = LostRoot.words(path, e.health());
    } catch (IOException | RuntimeException e) {
      failure = path + " cannot be watched: " + FolderAgent.text(e);
    }
    if (failure != null && !failure.equals(problem)) {
      LOG.warn("{}", failure);
    }
    Tie attached = made;
    String why = failure;
    device.events().execute(() -> attached(attached, why));
  }

  private void attached(@Nullable Tie made, @Nullable String failure) {
    attaching = false;
    if (made != null && closed) {
      close(made);
      return;
    }
    tie = made;
    problem = failure;
    fresh = made != null;
    nextTry = device.clock().instant().plus(made != null ? HEALTH_CHECK : RETRY);
    wake.run();
  }

  /** On the watcher's thread, which waits while we are behind. */
  private void hear(FolderEvent event) {
    try {
      while (!closed && !events.offer(event, 1, TimeUnit.SECONDS)) {
        wake.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    wake.run();
  }

  private static void close(Tie old) {
    try {
      old.watcher().close();
      old.folder().close();
    } catch (IOException e) {
      LOG.warn("{} could not be let go: {}", old.folder(), e.getMessage());
    }
  }
}
