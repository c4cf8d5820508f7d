package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FolderId;
import dotf.agent.journal.JournalFolder;
import dotf.chunker.disk.FileStat;
import dotf.watcher.FolderEvent;
import dotf.watcher.Settler;
import dotf.watcher.Verdict;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after one folder: takes events and scans as hints of where to look, looks, plans, and hands
 * the work on. Everything but the asking methods runs on the device's events thread, in turns: what
 * has come to rest is looked at, what was found is journalled with one sync, what may be done is
 * handed on.
 */
final class FolderAgent implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(FolderAgent.class);

  /** Files looked at in one turn, so that other folders and askers get theirs. */
  private static final int LOOKS_PER_TURN = 256;

  /** Something that changes all the time is looked at this often nevertheless. */
  private static final int HELD_BACK_MAX = 6;

  private static final Duration TICK = Duration.ofSeconds(5);

  /** What a turn that failed had taken up is found again by a scan. */
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(30);

  private final Device device;
  private final FolderId id;
  private final Attachment attachment;
  private final FolderWork work;
  private final StoreWork storing;
  private final ReplaceWork replacing;
  private final RestoreWork restoring;
  private final Openings openings;
  private final StubWork stubs;
  private final KeptStubs kept;
  private final Planning planning;
  private final Purging purging;
  private final FolderScanning scanning;
  private final CarryingOut carryingOut;
  private final Set<String> toLook = new LinkedHashSet<>();

  /**
   * Deletions that waited one quiet time more, because other files were still changing: a stub that
   * was moved may have its new name among those.
   */
  private final Set<String> heldBack = new HashSet<>();

  private final Retries retries = new Retries();
  private Settler settler;
  private Instant nextScan = Instant.MIN;
  private boolean turnDue;
  private volatile boolean closed;
  private volatile int unsettled;

  FolderAgent(Device device, GivingBack givingBack, JournalFolder folder, WatcherOpener watchers) {
    this.device = device;
    this.id = folder.id();
    this.settler = newSettler();
    this.work = new FolderWork(device, this);
    this.attachment = new Attachment(device, folder, watchers, this::wake);
    this.scanning = new FolderScanning(device, id, attachment, this::found);
    this.replacing = new ReplaceWork(device, attachment, work, retries);
    this.storing = new StoreWork(device, attachment, work, retries, replacing);
    this.restoring = new RestoreWork(device, givingBack, attachment, work);
    this.openings = new Openings(device, attachment, work, restoring);
    this.stubs = new StubWork(device, attachment, work, retries);
    this.kept = new KeptStubs(device, attachment, work, restoring);
    this.planning = new Planning(device, attachment);
    this.purging = new Purging(device, attachment);
    this.carryingOut =
        new CarryingOut(
            device,
            attachment,
            work,
            retries,
            storing,
            replacing,
            restoring,
            stubs,
            kept,
            (path, now) -> settler.changed(path, now));
  }

  /** Begins; the first turn attaches the folder and scans it. */
  void start() {
    wake();
  }

  FolderId id() {
    return id;
  }

  Path path() {
    return attachment.path();
  }

  FolderWork work() {
    return work;
  }

  Attachment attachment() {
    return attachment;
  }

  /** Why the folder is at rest, or null. */
  @Nullable String problem() {
    return attachment.problem();
  }

  /** Whether everything that is known to have happened was looked at, and no work is under way. */
  boolean isSettled() {
    return problem() != null
        || (unsettled == 0 && attachment.isAttached() && !scanning.isRunning());
  }

  /** Asks for a turn soon. Any thread. */
  void wake() {
    synchronized (this) {
      if (turnDue || closed) {
        return;
      }
      turnDue = true;
    }
    device.events().execute(this::turn);
  }

  /** Brings a file back; completes when it is there, or with the reason why not. Any thread. */
  CompletableFuture<RestoreAnswer> restore(String path) {
    CompletableFuture<RestoreAnswer> answer = new CompletableFuture<>();
    device.events().execute(() -> ask(() -> restoring.restore(path, answer), answer));
    return answer;
  }

  /** Replaces a file now; completes with the row it then has. Any thread. */
  CompletableFuture<Row> free(String path) {
    CompletableFuture<Row> answer = new CompletableFuture<>();
    device
        .events()
        .execute(
            () ->
                ask(
                    () -> {
                      replacing.name(path, answer);
                      toLook.add(path);
                    },
                    answer));
    return answer;
  }

  /** A stub is about to be opened by us. Any thread. */
  void expectOpen(String path) {
    attachment.ledger().expect(path, device.clock().instant());
  }

  /** Looks at a file. Any thread. */
  void lookSoon(String path) {
    device.events().execute(() -> ask(() -> toLook.add(path)));
  }

  /** Looks at everything. Any thread. */
  void rescanSoon() {
    device.events().execute(() -> ask(() -> nextScan = Instant.MIN));
  }

  /** Rule files were written. Any thread. */
  void rulesChanged() {
    attachment.rules().reload();
    rescanSoon();
  }

  /** Tries what failed or waits again. Any thread. */
  void retrySoon() {
    device.events().execute(() -> ask(retries::hurry));
  }

  /** Settings have changed. Any thread. */
  void settingsChanged() {
    device
        .events()
        .execute(
            () ->
                ask(
                    () -> {
                      settler = newSettler();
                      nextScan = Instant.MIN;
                    }));
  }

  /** Nothing more is begun; what runs still tells what came of it. Any thread. */
  void stop() {
    closed = true;
  }

  /** After a stop that came to nothing: goes on. Any thread. */
  void goOn() {
    closed = false;
    wake();
  }

  /** Whoever still waits hears that it does not happen now. On the events thread. */
  void answerAll() {
    replacing.answerAll(stopping());
    restoring.answerAll(stopping());
  }

  private static TryLaterException stopping() {
    return new TryLaterException("dotf is being stopped; ask again when it runs");
  }

  @Override
  public void close() throws IOException {
    closed = true;
    attachment.close();
  }

  private void ask(Runnable action, CompletableFuture<?> answer) {
    if (closed) {
      answer.completeExceptionally(stopping());
    }
    ask(action);
  }

  private void ask(Runnable action) {
    if (!closed) {
      action.run();
      wake();
    }
  }

  private Settler newSettler() {
    Duration quiet = device.settings().get().settle();
    return new Settler(quiet, quiet.multipliedBy(HELD_BACK_MAX), Settler.PENDING_MAX);
  }

  private void turn() {
    synchronized (this) {
      turnDue = false;
    }
    if (closed) {
      return;
    }
    Instant now = device.clock().instant();
    try {
      if (attachment.ensure(now)) {
        takeEvents(now);
        takeRested(now);
        lookAtSome(now);
        kept.dispatch(now);
        restoring.dispatch();
        storing.dispatch(now);
        replacing.dispatch();
        stubs.dispatch();
        purging.dispatch(now);
        if (attachment.takeFresh() || !nextScan.isAfter(now)) {
          nextScan = now.plus(device.settings().get().scan());
          scanning.scan("");
          kept.search();
        }
      }
    } catch (IOException e) {
      LOG.warn("{}: {}", path(), e.getMessage());
    } catch (UncheckedIOException e) {
      LOG.warn("{}: {}", path(), e.getMessage());
      nextScan = earlier(now.plus(AFTER_FAILURE), nextScan);
    } catch (RuntimeException e) {
      LOG.error("a turn of {} failed", path(), e);
      nextScan = earlier(now.plus(AFTER_FAILURE), nextScan);
    }
    commitLingering();
    unsettled =
        settler.size()
            + toLook.size()
            + attachment.waitingEvents()
            + work.batches()
            + storing.size()
            + replacing.size()
            + restoring.size()
            + stubs.size();
    again(now);
  }

  private void again(Instant now) {
    if (!toLook.isEmpty() || attachment.waitingEvents() > 0) {
      wake();
      return;
    }
    Instant next = now.plus(TICK);
    next = earlier(next, settler.nextDue());
    next = earlier(next, retries.nextDue());
    long millis = Math.max(20, Duration.between(now, next).toMillis() + 1);
    var _ = device.events().schedule(this::wake, millis, TimeUnit.MILLISECONDS);
  }

  private static Instant earlier(Instant one, @Nullable Instant other) {
    return other == null || one.isBefore(other) ? one : other;
  }

  private void takeEvents(Instant now) {
    for (FolderEvent event : attachment.takeEvents()) {
      switch (event) {
        case FolderEvent.Changed(String path, boolean directory) -> {
          settler.changed(path, now);
          if (!directory) {
            introduce(path);
          }
        }
        case FolderEvent.Removed(String path) -> settler.changed(path, now);
        case FolderEvent.Rescan(String directory) -> settler.rescan(directory, now);
        case FolderEvent.Opened(String path) -> openings.opened(path, now);
        case FolderEvent.Unreadable(String shown) -> noteUnreadable(shown);
        case FolderEvent.RootGone() -> attachment.lost("the folder is gone, moved or unmounted");
      }
    }
  }

  /** So that a file that is being dropped in is listed before it has come to rest. */
  private void introduce(String path) {
    FileKey key = key(path);
    if (Names.of(path).isStubName()
        || device.catalog().find(key) != null
        || attachment.rules().verdict(path, false) instanceof Verdict.Ignore) {
      return;
    }
    try {
      FileStat stat = attachment.examiner().statOf(path);
      if (stat != null && stat.type() == FileStat.Type.FILE) {
        device.catalog().put(key, Row.unknown(stat.size()).in(FileState.BUSY, Reason.QUIET));
      }
    } catch (IOException e) {
      LOG.debug("{} cannot be looked at yet: {}", path, e.getMessage());
    }
  }

  private void noteUnreadable(String shown) {
    device.catalog().put(key(shown), Row.unknown(0).in(FileState.SKIPPED, Reason.NAME_BYTES));
  }

  private void takeRested(Instant now) {
    for (Settler.Settled settled : settler.due(now)) {
      if (settled.rescan()) {
        scanning.scan(settled.path());
      } else {
        restedPath(settled.path());
      }
    }
    toLook.addAll(retries.due(now));
    Duration linger = device.settings().get().linger();
    for (FileKey over : device.lingering().over(id, linger, now, LOOKS_PER_TURN)) {
      Row row = device.catalog().find(over);
      if (row != null && row.state() == FileState.LINGERING) {
        toLook.add(over.path());
      }
    }
  }

  private void restedPath(String path) {
    if (attachment.isRuleFile(path)) {
      attachment.rules().reload();
      nextScan = Instant.MIN;
    }
    toLook.addAll(Names.filesOf(path));
    // What was below a directory that went away had no event of its own.
    if (!device.catalog().page(id, path + "/", "", 1).isEmpty()) {
      scanning.scan(path);
    }
  }

  /** What a scan found to look at; called on the events thread. */
  private void found(List<String> paths, List<String> missing, List<String> unreadable) {
    toLook.addAll(paths);
    Instant now = device.clock().instant();
    missing.forEach(path -> settler.changed(path, now));
    unreadable.forEach(this::noteUnreadable);
    wake();
  }

  /** Looks at a file again, when the work on it is done. */
  void lookAgain(String path) {
    toLook.add(path);
    wake();
  }

  /** It changed while it was worked on. */
  void changedAgain(String path, Instant now) {
    settler.changed(path, now);
    wake();
  }

  private void lookAtSome(Instant now) throws IOException {
    List<String> batch = new ArrayList<>();
    Iterator<String> paths = toLook.iterator();
    while (paths.hasNext() && batch.size() < LOOKS_PER_TURN) {
      String path = paths.next();
      paths.remove();
      if (!work.isBusy(path)) {
        batch.add(path);
      }
    }
    if (batch.isEmpty()) {
      if (settler.size() == 0 && work.batches() == 0 && scanning.isComplete()) {
        stubs.materialise();
      }
      return;
    }
    // What is gone comes last: by then a stub that was moved has been met under its new name.
    List<String> gone = new ArrayList<>();
    boolean journalled = false;
    for (String path : batch) {
      journalled |= look(path, gone, now);
    }
    if (!gone.isEmpty() && attachment.isHealthy()) {
      for (String path : gone) {
        if (settler.size() > 0 && heldBack.add(path)) {
          settler.changed(path, now);
        } else {
          heldBack.remove(path);
          journalled |= look(path, null, now);
        }
      }
    }
    if (journalled) {
      device.journal().commit();
    }
  }

  /**
   * Looks at a file and does what is to be done.
   *
   * @param gone takes the path instead when the file was deleted; null to take the deletion down
   * @return whether something was written to the journal, to be committed at the end of the turn
   */
  private boolean look(String path, @Nullable List<String> gone, Instant now) {
    try {
      Sight sight = attachment.examiner().look(path, device.catalog().find(key(path)));
      Plan plan = planning.plan(key(path), sight);
      if (plan instanceof Plan.Delete && gone != null) {
        gone.add(path);
        return false;
      }
      heldBack.remove(path);
      return carryingOut.carryOut(path, plan, sight, now);
    } catch (IOException e) {
      unclear(path, e, now);
      return false;
    }
  }

  private void commitLingering() {
    try {
      device.lingering().commit();
    } catch (IOException e) {
      LOG.warn("files of {} may be replaced early after a restart: {}", path(), e.getMessage());
    }
  }

  private void unclear(String path, IOException e, Instant now) {
    LOG.info("{}/{} cannot be looked at: {}", path(), path, e.getMessage());
    device.catalog().update(key(path), row -> row.in(FileState.WAITING, Reason.FAILED, text(e)));
    retries.failed(path, now);
  }

  private FileKey key(String path) {
    return new FileKey(id, path);
  }

  /** What went wrong, in words; of a failed future, what made it fail. */
  static String text(Throwable e) {
    Throwable cause = e.getCause();
    if (e instanceof CompletionException && cause != null) {
      return text(cause);
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
