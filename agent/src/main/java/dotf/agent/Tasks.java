package dotf.agent;

import dotf.agent.Outcome.Failure;
import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.folder.RestoreOptions;
import dotf.agent.folder.RestoreOutcome;
import dotf.chunker.disk.Directory;
import dotf.chunker.stub.Stub;
import dotf.chunker.stub.StubCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a user asks for on many files at once: restore them, free them. For virtual threads. */
final class Tasks {
  /** Requests under way at a time. */
  private static final int WINDOW = 256;

  private final Device device;
  private final Folders folders;
  private final Listing listing;
  private final GivingBack givingBack;

  Tasks(Device device, Folders folders, Listing listing, GivingBack givingBack) {
    this.device = device;
    this.folders = folders;
    this.listing = listing;
    this.givingBack = givingBack;
  }

  /** Counts what was done and tells progress. */
  private static final class Tally {
    private final Progress progress;
    private final List<Problem> problems = new ArrayList<>();
    private final long files;
    private final long bytes;
    private long done;
    private long doneBytes;
    private long given;
    private final Map<Failure, Long> failures = new EnumMap<>(Failure.class);

    Tally(Progress progress, List<Listing.Found> wanted) {
      this.progress = progress;
      this.files = wanted.size();
      this.bytes = wanted.stream().mapToLong(found -> found.row().size()).sum();
    }

    void done(long size, boolean counts) {
      done++;
      doneBytes += size;
      given += counts ? 1 : 0;
      progress.at(done, files, doneBytes, bytes);
    }

    void failed(Path path, Failure kind, String text) {
      failures.merge(kind, 1L, Long::sum);
      done++;
      if (problems.size() < Outcome.PROBLEMS_MAX) {
        problems.add(new Problem("file", path.toString(), text));
      }
      progress.at(done, files, doneBytes, bytes);
    }

    void failed(Path path, Throwable thrown) {
      Throwable cause =
          thrown instanceof CompletionException && thrown.getCause() != null
              ? thrown.getCause()
              : thrown;
      failed(path, Failure.of(cause), FolderAgent.text(cause));
    }

    Outcome outcome() {
      return new Outcome(given, doneBytes, failures, problems);
    }
  }

  Outcome restore(List<Path> paths, @Nullable Path to, Progress progress) throws IOException {
    List<Listing.Found> wanted = new ArrayList<>();
    List<Path> strangers = new ArrayList<>();
    for (Path path : paths) {
      if (folders.locate(path) == null && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        strangers.add(path);
      } else if (folders.locate(path) == null
          && Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
        strangers.addAll(stubsBelow(path));
      } else {
        wanted.addAll(named(path, found -> mayBeStub(found) || to != null));
      }
    }
    Tally tally = new Tally(progress, wanted);
    for (Path stranger : strangers) {
      Path parent = stranger.toAbsolutePath().getParent();
      copyOut(stranger, to == null && parent != null ? parent : to, tally);
    }
    restore(wanted, to, tally);
    return tally.outcome();
  }

  /** What claims to be a stub, in a directory that nobody watches. */
  private static List<Path> stubsBelow(Path directory) throws IOException {
    List<Path> stubs = new ArrayList<>();
    try (Stream<Path> all = Files.walk(directory)) {
      for (Path path : (Iterable<Path>) all::iterator) {
        if (path.toString().endsWith(Names.SUFFIX)
            && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
            && Files.size(path) <= Stub.BYTES_MAX
            && StubCodec.claimsToBeStub(ByteBuffer.wrap(Files.readAllBytes(path)))) {
          stubs.add(path);
        }
      }
    } catch (UncheckedIOException e) {
      throw new IOException(directory + " cannot be read whole: " + e.getMessage(), e);
    }
    return stubs;
  }

  Outcome restoreAll(@Nullable Path to, Progress progress) throws IOException {
    List<Listing.Found> wanted = new ArrayList<>();
    listing.files(
        null,
        found -> {
          if (mayBeStub(found) || to != null) {
            wanted.add(found);
          }
        });
    Tally tally = new Tally(progress, wanted);
    restore(wanted, to, tally);
    return tally.outcome();
  }

  Freed free(List<Path> paths, Progress progress) throws IOException {
    List<Listing.Found> wanted = new ArrayList<>();
    for (Path path : paths) {
      boolean[] named = new boolean[1];
      List<Listing.Found> below = named(path, found -> found.row().state() != FileState.STUB);
      named[0] = below.size() == 1 && isItself(path, below.getFirst());
      below.removeIf(found -> !named[0] && found.row().reason() == Reason.SMALL);
      wanted.addAll(below);
    }
    Tally tally = new Tally(progress, wanted);
    Deque<Asked<Row>> window = new ArrayDeque<>();
    for (Listing.Found found : wanted) {
      window.add(new Asked<>(found, found.folder().free(found.key().path())));
      if (window.size() >= WINDOW) {
        freed(window.remove(), tally);
      }
    }
    while (!window.isEmpty()) {
      freed(window.remove(), tally);
    }
    return new Freed(tally.outcome(), givingBack.of(rows(paths), progress), quarantined());
  }

  private List<Row> rows(List<Path> paths) throws NotFoundException {
    List<Row> rows = new ArrayList<>();
    for (Path path : paths) {
      listing.files(path, found -> rows.add(found.row()));
    }
    return rows;
  }

  /** Bytes of originals that wait in the quarantine. */
  private long quarantined() {
    return folders.all().stream()
        .mapToLong(folder -> device.intents().quarantinedBytes(folder.id()))
        .sum();
  }

  /** A stub, or a file that is being replaced by one right now. */
  private static boolean mayBeStub(Listing.Found found) {
    return found.row().state() == FileState.STUB || found.row().state() == FileState.BUSY;
  }

  private record Asked<T>(Listing.Found found, CompletableFuture<T> answer) {}

  private static boolean isItself(Path path, Listing.Found found) {
    Path file = found.folder().path().resolve(found.key().path());
    return path.toAbsolutePath().normalize().endsWith(file.getFileName());
  }

  /** The files at or below a path, those of them that are wanted; the path must be known. */
  private List<Listing.Found> named(Path path, Predicate<Listing.Found> wanted)
      throws NotFoundException {
    List<Listing.Found> found = new ArrayList<>();
    listing.files(
        path,
        one -> {
          if (wanted.test(one)) {
            found.add(one);
          }
        });
    return found;
  }

  private void restore(List<Listing.Found> wanted, @Nullable Path to, Tally tally)
      throws IOException {
    Deque<Asked<RestoreAnswer>> window = new ArrayDeque<>();
    for (Listing.Found found : wanted) {
      if (to != null) {
        Path parent = to.resolve(found.key().path()).getParent();
        found.folder().expectOpen(found.folder().path().relativize(found.shown()).toString());
        copyOut(found.shown(), parent == null ? to : Files.createDirectories(parent), tally);
        continue;
      }
      window.add(new Asked<>(found, found.folder().restore(found.key().path())));
      if (window.size() >= WINDOW) {
        restored(window.remove(), tally);
      }
    }
    while (!window.isEmpty()) {
      restored(window.remove(), tally);
    }
  }

  private static void restored(Asked<RestoreAnswer> asked, Tally tally) {
    try {
      RestoreAnswer answer = asked.answer().join();
      if (answer.ok()) {
        tally.done(asked.found().row().size(), true);
      } else {
        Failure kind =
            switch (answer.kind()) {
              case LATER -> Failure.LATER;
              case ABSENT -> Failure.ABSENT;
              case RESTORED, PRESENT, FAILED -> Failure.FAILED;
            };
        String itself = asked.found().key().path() + ": ";
        String text = String.valueOf(answer.problem());
        tally.failed(
            asked.found().shown(),
            kind,
            text.startsWith(itself) ? text.substring(itself.length()) : text);
      }
    } catch (CompletionException e) {
      tally.failed(asked.found().shown(), e);
    }
  }

  private static void freed(Asked<Row> asked, Tally tally) {
    try {
      Row row = asked.answer().join();
      if (row.state() == FileState.STUB) {
        tally.done(row.size(), true);
      } else {
        tally.failed(asked.found().shown(), kind(row), String.valueOf(Explaining.brief(row)));
      }
    } catch (CompletionException e) {
      tally.failed(asked.found().shown(), e);
    }
  }

  /** Why a file was not replaced: for now, or by a rule that stays. */
  private static Failure kind(Row row) {
    return switch (row.state()) {
      case SKIPPED, CONFLICT -> Failure.REFUSED;
      case LOCAL, STUB, BUSY, WAITING, LINGERING ->
          row.reason() == Reason.FAILED ? Failure.FAILED : Failure.LATER;
    };
  }

  /** Puts a stub's file, or a copy of a file that is no stub, into a directory. */
  private void copyOut(Path entry, @Nullable Path to, Tally tally) {
    Path parent = entry.toAbsolutePath().getParent();
    Path name = entry.getFileName();
    if (to == null || parent == null || name == null) {
      tally.failed(entry, Failure.ABSENT, entry + " is no file");
      return;
    }
    try (Directory from = device.disk().open(parent);
        Directory target = device.disk().open(to)) {
      RestoreOptions options =
          new RestoreOptions(device.space().reserveOf(to), bytes -> {}, device.leave()::toGoOn);
      RestoreOutcome outcome =
          device
              .restoring()
              .copy(from, name.toString(), device.disk(), target, to, device.content(), options);
      switch (outcome) {
        case RestoreOutcome.Restored restored -> tally.done(restored.stat().size(), true);
        case RestoreOutcome.AlreadyThere there -> tally.done(there.stat().size(), true);
        case RestoreOutcome.Conflict beside -> tally.done(beside.stat().size(), true);
        case RestoreOutcome.NotAStub() when to.equals(parent) ->
            tally.failed(entry, Failure.ABSENT, entry + " is not a stub");
        case RestoreOutcome.NotAStub() -> {
          Files.copy(entry, to.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
          tally.done(Files.size(entry), true);
        }
        case RestoreOutcome.Gone() -> tally.failed(entry, Failure.ABSENT, entry + " is not there");
        case RestoreOutcome.Damaged(String reason) ->
            tally.failed(entry, Failure.FAILED, "the stub " + entry + " is damaged: " + reason);
        case RestoreOutcome.Foreign foreign ->
            tally.failed(
                entry,
                Failure.FAILED,
                entry + " is another vault's stub; only a machine of that vault can restore it");
        case RestoreOutcome.NoSpace(long needed, long available) ->
            tally.failed(
                entry,
                Failure.LATER,
                "%s needs %s, %s free above the reserve"
                    .formatted(entry, Space.text(needed), Space.text(available)));
        case RestoreOutcome.Missing(String reason) ->
            tally.failed(entry, Failure.LATER, entry + ": " + reason);
      }
    } catch (IOException e) {
      tally.failed(entry, e);
    }
  }
}
