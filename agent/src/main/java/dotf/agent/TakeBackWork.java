package dotf.agent;

import dotf.agent.Outcome.Failure;
import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.catalog.Seen;
import dotf.agent.folder.Freeing;
import dotf.agent.folder.TakeBack;
import dotf.agent.folder.TakeBackOutcome;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.agent.journal.JournalRecord.FileRecalled;
import dotf.agent.journal.JournalRecord.FileRenamed;
import dotf.agent.journal.JournalRecord.FileStored;
import dotf.chunker.disk.FileStat;
import dotf.chunker.manifest.StoredFile;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings versions back that files once had, as stubs, in batches; nothing is fetched but manifests
 * that the store has not. For the events thread, but {@link #run}.
 */
final class TakeBackWork {
  private static final Logger LOG = LoggerFactory.getLogger(TakeBackWork.class);

  private final Device device;
  private final Attachment attachment;
  private final FolderWork work;

  /** By path; what waits for a file that is in other work is tried again in the next turn. */
  private final Map<String, Asked> queue = new LinkedHashMap<>();

  private boolean running;

  /**
   * One version to bring back.
   *
   * @param moveAside what has its name now is kept under another; else the stub gets another
   * @param lost when the journal says it was lost: forgotten once it is back
   */
  record Wanted(String path, FileVersion version, boolean moveAside, List<Instant> lost) {}

  /** What came of it. */
  sealed interface Answer {
    /**
     * Its stub is there.
     *
     * @param now the path of the file that the stub stands for
     * @param kept the path that the file has now which had its name; null for none
     */
    record Back(String now, @Nullable String kept) implements Answer {}

    /** It did not come back. */
    record Not(Failure failure, String problem) implements Answer {}

    static Answer not(Failure failure, String problem) {
      return new Not(failure, problem);
    }
  }

  private record Asked(Wanted wanted, CompletableFuture<Answer> answer) {}

  TakeBackWork(Device device, Attachment attachment, FolderWork work) {
    this.device = device;
    this.attachment = attachment;
    this.work = work;
  }

  void add(Wanted wanted, CompletableFuture<Answer> answer) {
    Asked before = queue.putIfAbsent(wanted.path(), new Asked(wanted, answer));
    if (before != null) {
      answer.complete(Answer.not(Failure.LATER, "it is being brought back already; ask again"));
    }
  }

  int size() {
    return queue.size();
  }

  void answerAll(Exception why) {
    queue.values().forEach(asked -> asked.answer().completeExceptionally(why));
    queue.clear();
  }

  void dispatch() {
    if (running || queue.isEmpty()) {
      return;
    }
    List<Asked> batch =
        queue.values().stream()
            .filter(asked -> !work.isBusy(asked.wanted().path()))
            .limit(Freeing.BATCH_MAX)
            .toList();
    if (batch.isEmpty()) {
      return;
    }
    List<String> paths = batch.stream().map(asked -> asked.wanted().path()).toList();
    Map<String, Seen> seen = new HashMap<>();
    for (String path : paths) {
      queue.remove(path);
      Row row = device.catalog().find(work.key(path));
      if (row != null && row.file() != null) {
        seen.put(path, row.file());
      }
    }
    running = true;
    work.begin(paths);
    device.blocking().execute(() -> run(batch, paths, seen));
  }

  private void run(List<Asked> batch, List<String> paths, Map<String, Seen> seen) {
    Map<String, Answer> failed = new HashMap<>();
    Map<String, TakeBackOutcome> done = new HashMap<>();
    try {
      List<TakeBack> requests = requests(batch, seen, failed);
      List<TakeBackOutcome> outcomes =
          device
              .freeing()
              .takeBack(
                  attachment.folder(),
                  requests,
                  stub -> attachment.ledger().expect(stub, device.clock().instant()));
      for (int i = 0; i < requests.size(); i++) {
        done.put(requests.get(i).path(), outcomes.get(i));
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} files of {} were not brought back", paths.size(), attachment.path(), e);
      for (Asked asked : batch) {
        failed.putIfAbsent(asked.wanted().path(), Answer.not(Failure.of(e), FolderAgent.text(e)));
      }
    }
    device.events().execute(() -> ended(batch, paths, done, failed));
  }

  private List<TakeBack> requests(
      List<Asked> batch, Map<String, Seen> seen, Map<String, Answer> failed) throws IOException {
    List<CompletableFuture<StoredFile>> manifests =
        batch.stream()
            .map(
                asked ->
                    CompletableFuture.supplyAsync(
                        () -> manifest(asked.wanted().version()), device.blocking()))
            .toList();
    List<TakeBack> requests = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Wanted wanted = batch.get(i).wanted();
      String path = wanted.path();
      try {
        StoredFile file = manifests.get(i).join();
        requests.add(new TakeBack(path, file, wanted.moveAside(), asSeen(path, seen.get(path))));
      } catch (CompletionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        failed.put(path, Answer.not(Failure.of(cause), FolderAgent.text(cause)));
      }
    }
    return requests;
  }

  private StoredFile manifest(FileVersion version) {
    try {
      return device.vault().manifests().read(version.manifest(), device.anywhere());
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  /** The content at the file's name, when it is what was looked at last. */
  private @Nullable FileStat asSeen(String path, @Nullable Seen seen) throws IOException {
    if (seen == null) {
      return null;
    }
    FileStat there = attachment.examiner().statOf(path);
    return there != null && seen.matches(there) ? there : null;
  }

  private void ended(
      List<Asked> batch,
      List<String> paths,
      Map<String, TakeBackOutcome> done,
      Map<String, Answer> failed) {
    running = false;
    List<Answer> answers = new ArrayList<>();
    List<String> others = new ArrayList<>();
    try {
      for (Asked asked : batch) {
        String path = asked.wanted().path();
        TakeBackOutcome outcome = done.get(path);
        answers.add(
            outcome == null
                ? failed.getOrDefault(path, Answer.not(Failure.LATER, "it was not reached"))
                : note(asked.wanted(), outcome, others));
      }
      device.journal().commit();
      device.lingering().commit();
    } catch (IOException e) {
      LOG.error("the journal cannot be written; what was brought back is found again", e);
    }
    work.end(paths);
    others.forEach(work::lookAgain);
    for (int i = 0; i < batch.size(); i++) {
      Asked asked = batch.get(i);
      Answer unknown = Answer.not(Failure.FAILED, "the journal cannot be written");
      asked.answer().complete(i < answers.size() ? answers.get(i) : unknown);
    }
  }

  /** Takes down what was done to one file; {@code others} takes further paths to be looked at. */
  private Answer note(Wanted wanted, TakeBackOutcome outcome, List<String> others)
      throws IOException {
    return switch (outcome) {
      case TakeBackOutcome.LeftAlone(String reason) -> Answer.not(Failure.LATER, reason);
      case TakeBackOutcome.Back(String path, FileStat stub, String kept) -> {
        if (kept != null) {
          noteKept(wanted, kept);
          others.add(kept);
        }
        noteBack(wanted, path, stub);
        if (!path.equals(wanted.path())) {
          others.add(path);
        }
        yield new Answer.Back(path, kept);
      }
    };
  }

  /** What had the name is the version that the journal names, or one that is not stored yet. */
  private void noteKept(Wanted wanted, String kept) throws IOException {
    FileKey key = work.key(wanted.path());
    FileKey keptKey = work.key(kept);
    FileVersion present = device.journal().find(key);
    if (present != null && !present.manifest().equals(wanted.version().manifest())) {
      device.journal().append(new FileRenamed(key, keptKey));
      device.lingering().note(keptKey, device.clock().instant());
    }
  }

  private void noteBack(Wanted wanted, String path, FileStat stub) throws IOException {
    FileKey key = work.key(path);
    FileVersion version = wanted.version();
    FileVersion present = device.journal().find(key);
    if (present == null || !present.manifest().equals(version.manifest())) {
      device.journal().append(new FileStored(key, version));
    }
    for (Instant at : wanted.lost()) {
      device.journal().append(new FileRecalled(work.key(wanted.path()), at));
    }
    device.lingering().forget(key);
    device
        .catalog()
        .put(
            key,
            Row.unknown(version.size())
                .withVersion(version.manifest(), version.size(), 0)
                .withStub(Seen.of(stub), false)
                .in(FileState.STUB, Reason.NONE));
  }
}
