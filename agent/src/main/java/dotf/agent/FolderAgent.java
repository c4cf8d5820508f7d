package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.folder.WatchedFolder;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FolderId;
import dotf.agent.journal.JournalFolder;
import dotf.chunker.disk.FileStat;
import dotf.watcher.FolderEvent;
import dotf.watcher.IgnoreRules;
import dotf.watcher.Settler;
import dotf.watcher.Verdict;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

  /** Something that changes all the time is looked at this often nevertheless. */
  private static final int HELD_BACK_MAX = 6;

  private static final Duration TICK = Duration.ofSeconds(5);

  /** A folder that is not there goes on soon after it is back. */
  private static final Duration TICK_LOST = Duration.ofSeconds(1);

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
  private final Purging purging;
  private final FolderScanning scanning;
  private final TakeBackWork takingBack;
  private final Holdback holdback;
  private final Looking looking;
  private final Retries retries = new Retries();

  /** Who waits until everything that has changed was looked at, its quiet time notwithstanding. */
  private final List<CompletableFuture<Void>> hurried = new ArrayList<>();

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
    this.holdback = new Holdback(device, attachment, work, this::withdraw);
    this.storing = new StoreWork(device, attachment, work, retries, replacing, holdback);
    this.restoring = new RestoreWork(device, givingBack, attachment, work);
    this.openings = new Openings(device, attachment, work, restoring);
    this.stubs = new StubWork(device, attachment, work, retries);
    this.kept = new KeptStubs(device, attachment, work, restoring);
    this.takingBack = new TakeBackWork(device, attachment, work);
    this.purging = new Purging(device, attachment);
    CarryingOut carryingOut =
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
    this.looking = new Looking(device, attachment, work, retries, carryingOut, holdback);
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

  /** What is held back and how to go on; null when nothing is. */
  @Nullable String held() {
    return holdback.words();
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
    later(() -> restoring.restore(path, answer), answer);
    return answer;
  }

  /** Replaces a file now; completes with the row it then has. Any thread. */
  CompletableFuture<Row> free(String path) {
    CompletableFuture<Row> answer = new CompletableFuture<>();
    later(
        () -> {
          replacing.name(path, answer);
          looking.at(path);
        },
        answer);
    return answer;
  }

  /**
   * Looks at what has changed without waiting for its quiet time; content that is not at rest stays
   * alone. Completes when that is done, or when the folder is not there. Any thread.
   */
  CompletableFuture<Void> hurry() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    later(() -> hurried.add(done), done);
    return done;
  }

  /** What is held back. Any thread. */
  CompletableFuture<List<Bursts.Change>> heldChanges() {
    return CompletableFuture.supplyAsync(holdback::changes, device.events());
  }

  /** Brings versions back as stubs; each completes with what came of it. Any thread. */
  List<CompletableFuture<TakeBackWork.Answer>> takeBack(List<TakeBackWork.Wanted> wanted) {
    return wanted.stream()
        .map(
            one -> {
              CompletableFuture<TakeBackWork.Answer> answer = new CompletableFuture<>();
              later(() -> takingBack.add(one, answer), answer);
              return answer;
            })
        .toList();
  }

  /** Lets what is held go on, and whatever comes in that time. Any thread. */
  void accept(Duration time) {
    later(
        () -> {
          try {
            looking.at(holdback.accept(time, device.clock().instant()));
          } catch (IOException e) {
            LOG.error("what is held stays so: {}", e.getMessage());
          }
        });
  }

  private boolean withdraw(String path) {
    return storing.withdraw(path);
  }

  /** A stub is about to be opened by us. Any thread. */
  void expectOpen(String path) {
    attachment.ledger().expect(path, device.clock().instant());
  }

  /** Looks at a file. Any thread. */
  void lookSoon(String path) {
    later(() -> looking.at(path));
  }

  /** Looks at everything. Any thread. */
  void rescanSoon() {
    later(() -> nextScan = Instant.MIN);
  }

  /** Rule files were written. Any thread. */
  void rulesChanged() {
    attachment.rules().reload();
    rescanSoon();
  }

  /** Tries what failed or waits again. Any thread. */
  void retrySoon() {
    later(retries::hurry);
  }

  /** Settings have changed. Any thread. */
  void settingsChanged() {
    later(
        () -> {
          settler = newSettler();
          nextScan = Instant.MIN;
        });
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
    answerAll(stopping());
  }

  private void answerAll(TryLaterException why) {
    replacing.answerAll(why);
    restoring.answerAll(why);
    takingBack.answerAll(why);
    hurried.forEach(done -> done.completeExceptionally(why));
    hurried.clear();
  }

  private static TryLaterException stopping() {
    return new TryLaterException("dotf is being stopped; ask again when it runs");
  }

  @Override
  public void close() throws IOException {
    closed = true;
    attachment.close();
  }

  private void later(Runnable action) {
    device.events().execute(() -> ask(action));
  }

  private void later(Runnable action, CompletableFuture<?> answer) {
    device.events().execute(() -> ask(action, answer));
  }

  private void ask(Runnable action, CompletableFuture<?> answer) {
    String problem = problem();
    if (closed) {
      answer.completeExceptionally(stopping());
    } else if (problem != null) {
      answer.completeExceptionally(new TryLaterException(problem));
    } else {
      ask(action);
    }
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
        looking.some(settler.size() > 0, now).forEach(path -> settler.changed(path, now));
        endIfQuiet();
        kept.dispatch(now);
        takingBack.dispatch();
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
        answerHurried();
      } else if (attachment.problem() != null) {
        looking.forgetDeletions();
        answerAll(new TryLaterException(attachment.problem()));
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
            + looking.size()
            + attachment.waitingEvents()
            + work.batches()
            + storing.size()
            + replacing.size()
            + restoring.size()
            + stubs.size()
            + takingBack.size();
    again(now);
  }

  private void again(Instant now) {
    if (looking.hasMore() || attachment.waitingEvents() > 0) {
      wake();
      return;
    }
    Instant next = now.plus(attachment.isAttached() ? TICK : TICK_LOST);
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
        case FolderEvent.RootGone() -> attachment.lost(WatchedFolder.Health.VANISHED);
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

  private void takeRested(Instant now) throws IOException {
    for (Settler.Settled settled : hurried.isEmpty() ? settler.due(now) : settler.takeAll()) {
      if (settled.rescan()) {
        scanning.scan(settled.path());
      } else {
        restedPath(settled.path());
      }
    }
    looking.at(retries.due(now));
    Duration linger = device.settings().get().linger();
    for (FileKey over : device.lingering().over(id, linger, now, Looking.PER_TURN)) {
      Row row = device.catalog().find(over);
      if (row != null && row.state() == FileState.LINGERING) {
        looking.at(over.path());
      } else {
        device.lingering().forgetUntil(over, now.minus(linger));
      }
    }
  }

  private void restedPath(String path) {
    if (IgnoreRules.decidesRules(path)) {
      attachment.rules().reload();
      nextScan = Instant.MIN;
    }
    looking.at(Names.filesOf(path));
    // What was below a directory that went away had no event of its own.
    if (!device.catalog().page(id, path + "/", "", 1).isEmpty()) {
      scanning.scan(path);
    }
  }

  /** What a scan found to look at; called on the events thread. */
  private void found(List<String> paths, List<String> missing, List<String> unreadable) {
    looking.at(paths);
    Instant now = device.clock().instant();
    missing.forEach(path -> settler.changed(path, now));
    unreadable.forEach(this::noteUnreadable);
    wake();
  }

  /** Looks at a file again, when the work on it is done. */
  void lookAgain(String path) {
    looking.at(path);
    wake();
  }

  /** It changed while it was worked on. */
  void changedAgain(String path, Instant now) {
    settler.changed(path, now);
    wake();
  }

  /** What is only known once everything was looked at. */
  private void endIfQuiet() throws IOException {
    if (looking.size() == 0
        && settler.size() == 0
        && work.batches() == 0
        && attachment.waitingEvents() == 0
        && scanning.isComplete()) {
      stubs.materialise();
      holdback.endIfOver();
    }
  }

  private void answerHurried() {
    if (looking.size() == 0 && attachment.waitingEvents() == 0 && !scanning.isRunning()) {
      hurried.forEach(done -> done.complete(null));
      hurried.clear();
    }
  }

  private void commitLingering() {
    try {
      device.lingering().commit();
    } catch (IOException e) {
      LOG.warn("files of {} may be replaced early after a restart: {}", path(), e.getMessage());
    }
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
