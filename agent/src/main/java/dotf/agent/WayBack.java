package dotf.agent;

import dotf.agent.Bursts.Burst;
import dotf.agent.Bursts.Change;
import dotf.agent.Outcome.Failure;
import dotf.agent.TakeBackWork.Answer;
import dotf.agent.TakeBackWork.Wanted;
import dotf.agent.WayBackOutcome.Renamed;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.JournalRecord.FileTrashed;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Brings back what was deleted or rewritten. For virtual threads. */
final class WayBack {
  /** A burst is news for so long. */
  private static final Duration NEWS = Duration.ofHours(24);

  /** Rewriting fewer files than these is how people work. */
  private static final int NOTABLE = 10;

  private static final Duration HURRY_LIMIT = Duration.ofMinutes(2);
  private static final Duration FORGETTING = Duration.ofHours(1);

  private final Device device;
  private final Folders folders;
  private Instant nextForgetting = Instant.MIN;

  WayBack(Device device, Folders folders) {
    this.device = device;
    this.folders = folders;
  }

  /** Forgets what was deleted or replaced too long ago; called every second or so. */
  synchronized void tick() {
    Instant now = device.clock().instant();
    if (!nextForgetting.isAfter(now)) {
      device.journal().emptyTrash(limit(now));
      Duration tenth = device.settings().get().trash().dividedBy(10);
      nextForgetting = now.plus(tenth.compareTo(FORGETTING) < 0 ? tenth : FORGETTING);
    }
  }

  /** What was to be kept for longer may have to go now. */
  synchronized void settingsChanged() {
    nextForgetting = Instant.MIN;
  }

  /** Shows what was deleted at or below a path, or everywhere; the last first. */
  void trash(@Nullable Path under, Consumer<TrashRow> rows) throws NotFoundException {
    Folders.Inside inside = under == null ? null : locate(under);
    Duration trash = device.settings().get().trash();
    for (FileTrashed one : trashed()) {
      FolderAgent folder = folders.find(one.key().folder());
      if (folder != null && (inside == null || isNamed(inside, one.key()))) {
        Path path = folder.path().resolve(one.key().path());
        rows.accept(
            new TrashRow(
                path,
                one.version().size(),
                one.version().manifest(),
                one.at(),
                one.at().plus(trash)));
      }
    }
  }

  /** Brings back the stubs of deleted files; a directory means all below it. */
  WayBackOutcome undelete(List<Path> paths, Progress progress) throws IOException {
    hurry();
    List<Change> deleted = new ArrayList<>(held().stream().filter(Change::deleted).toList());
    trashed().forEach(one -> deleted.add(Change.of(one)));
    Set<FileKey> known = new HashSet<>();
    Map<FolderAgent, List<Wanted>> work = new LinkedHashMap<>();
    for (Path path : paths) {
      Folders.Inside inside = locate(path);
      String problem = inside.folder().problem();
      if (problem != null) {
        throw new TryLaterException(problem);
      }
      List<Change> named =
          deleted.stream().filter(change -> isNamed(inside, change.key())).toList();
      if (named.isEmpty()) {
        throw new NotFoundException(path + " is not in the trash; see dotf trash");
      }
      for (Change change : named) {
        // The last deletion of each comes first.
        if (known.add(change.key())) {
          List<Instant> lost = change.held() ? List.of() : List.of(change.at());
          add(work, inside.folder(), change, false, lost);
        }
      }
    }
    return takeBack(work, progress);
  }

  /** What {@link #undo} would take back now. */
  LastBurst preview() throws IOException {
    Burst burst = last();
    List<LastBurst.Lost> files = new ArrayList<>();
    for (Bursts.Loss loss : burst.losses()) {
      FolderAgent folder = folders.find(loss.key().folder());
      if (folder != null) {
        files.add(
            new LastBurst.Lost(
                folder.path().resolve(loss.key().path()),
                loss.isDeletion(),
                loss.first().version().size(),
                loss.first().at()));
      }
    }
    return new LastBurst(burst.from(), burst.to(), burst.isHeld(), files);
  }

  private Burst last() throws IOException {
    hurry();
    List<Change> changes = new ArrayList<>(held());
    changes.addAll(formers());
    Burst burst = Bursts.last(changes);
    if (burst == null) {
      throw new NotFoundException("nothing was deleted or rewritten that could be taken back");
    }
    return burst;
  }

  /** Takes back the last burst of deletions and rewrites, or the one that is held. */
  WayBackOutcome undo(Progress progress) throws IOException {
    Map<FolderAgent, List<Wanted>> work = new LinkedHashMap<>();
    for (Bursts.Loss loss : last().losses()) {
      FolderAgent folder = folders.find(loss.key().folder());
      Change first = loss.first();
      if (folder != null) {
        List<Instant> lost =
            loss.changes().stream().filter(one -> !one.held()).map(Change::at).toList();
        add(work, folder, first, !first.deleted(), lost);
      }
    }
    return takeBack(work, progress);
  }

  /**
   * What was deleted or rewritten last, and the command that takes it back; null for no news, and
   * while something is held, since that is then what the command takes back.
   */
  @Nullable String notice() {
    if (folders.all().stream().anyMatch(folder -> folder.held() != null)) {
      return null;
    }
    Instant since = device.clock().instant().minus(NEWS);
    Burst burst =
        Bursts.last(formers().stream().filter(change -> change.at().isAfter(since)).toList());
    if (burst == null || (burst.deleted() == 0 && burst.rewritten() < NOTABLE)) {
      return null;
    }
    return "%s at %s; dotf undo %s"
        .formatted(
            Holdback.counts(burst.deleted(), burst.rewritten()),
            Holdback.time(burst.from()),
            burst.rewritten() > 0
                ? "takes that back"
                : burst.deleted() == 1 ? "brings it back" : "brings them back");
  }

  private static void add(
      Map<FolderAgent, List<Wanted>> work,
      FolderAgent folder,
      Change change,
      boolean moveAside,
      List<Instant> lost) {
    work.computeIfAbsent(folder, same -> new ArrayList<>())
        .add(new Wanted(change.key().path(), change.version(), moveAside, lost));
  }

  private static WayBackOutcome takeBack(Map<FolderAgent, List<Wanted>> work, Progress progress) {
    long files = work.values().stream().mapToLong(List::size).sum();
    long bytes =
        work.values().stream()
            .flatMap(List::stream)
            .mapToLong(wanted -> wanted.version().size())
            .sum();
    Tally tally = new Tally(progress, files, bytes);
    List<Asked> asked = new ArrayList<>();
    work.forEach((folder, wanted) -> asked.add(new Asked(folder, wanted, folder.takeBack(wanted))));
    for (Asked one : asked) {
      for (int i = 0; i < one.wanted().size(); i++) {
        tally.add(one.folder().path(), one.wanted().get(i), one.answers().get(i));
      }
    }
    return tally.outcome();
  }

  /** What one folder was asked for, and its answers in the same order. */
  private record Asked(
      FolderAgent folder, List<Wanted> wanted, List<CompletableFuture<Answer>> answers) {}

  /** Counts what came back. */
  private static final class Tally {
    private final Progress progress;
    private final long files;
    private final long bytes;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Renamed> renamed = new ArrayList<>();
    private final Map<Failure, Long> failures = new EnumMap<>(Failure.class);
    private long back;
    private long backBytes;
    private long done;

    Tally(Progress progress, long files, long bytes) {
      this.progress = progress;
      this.files = files;
      this.bytes = bytes;
    }

    void add(Path folder, Wanted wanted, CompletableFuture<Answer> asked) {
      Answer answer;
      try {
        answer = asked.join();
      } catch (CompletionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        answer = Answer.not(Failure.of(cause), FolderAgent.text(cause));
      }
      Path path = folder.resolve(wanted.path());
      switch (answer) {
        case Answer.Not(Failure failure, String problem) -> {
          failures.merge(failure, 1L, Long::sum);
          if (problems.size() < Outcome.PROBLEMS_MAX) {
            problems.add(new Problem("file", path.toString(), problem));
          }
        }
        case Answer.Back(String now, String kept) -> {
          back++;
          backBytes += wanted.version().size();
          rename(path, now.equals(wanted.path()) ? null : folder.resolve(now), false);
          rename(path, kept == null ? null : folder.resolve(kept), true);
        }
      }
      done++;
      progress.at(done, files, backBytes, bytes);
    }

    private void rename(Path path, @Nullable Path name, boolean kept) {
      if (name != null && renamed.size() < Outcome.PROBLEMS_MAX) {
        renamed.add(new Renamed(path, name, kept));
      }
    }

    WayBackOutcome outcome() {
      return new WayBackOutcome(new Outcome(back, backBytes, failures, problems), renamed);
    }
  }

  private List<Change> held() {
    List<Change> held = new ArrayList<>();
    folders.all().forEach(folder -> held.addAll(folder.heldChanges().join()));
    return held;
  }

  private List<Change> formers() {
    Instant limit = limit(device.clock().instant());
    List<Change> changes = new ArrayList<>();
    device.journal().trash().forEach(one -> changes.add(Change.of(one)));
    device.journal().replaced().forEach(one -> changes.add(Change.of(one)));
    changes.removeIf(one -> one.at().isBefore(limit) || folders.find(one.key().folder()) == null);
    return changes;
  }

  /** What is in the trash, the last deletion first. */
  private List<FileTrashed> trashed() {
    Instant limit = limit(device.clock().instant());
    return device.journal().trash().stream()
        .filter(one -> !one.at().isBefore(limit))
        .sorted(Comparator.comparing(FileTrashed::at).reversed())
        .toList();
  }

  private Instant limit(Instant now) {
    return now.minus(device.settings().get().trash());
  }

  private Folders.Inside locate(Path path) throws NotFoundException {
    Folders.Inside inside = folders.locate(path);
    if (inside == null) {
      throw new NotFoundException(path + " is in no watched folder; see dotf folders");
    }
    return inside;
  }

  private static boolean isNamed(Folders.Inside inside, FileKey key) {
    return key.folder().equals(inside.folder().id())
        && (inside.path().isEmpty()
            || key.path().startsWith(inside.path() + "/")
            || Names.filesOf(inside.path()).contains(key.path()));
  }

  /** What the user has just done has not had its quiet time yet; it is looked at all the same. */
  private void hurry() throws TryLaterException {
    List<CompletableFuture<Void>> looks =
        folders.all().stream()
            .filter(folder -> folder.problem() == null)
            .map(FolderAgent::hurry)
            .toList();
    try {
      CompletableFuture.allOf(looks.toArray(CompletableFuture[]::new))
          .orTimeout(HURRY_LIMIT.toSeconds(), TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      throw new TryLaterException(
          "what changed could not be looked at yet (" + FolderAgent.text(e) + "); ask again");
    }
  }
}
