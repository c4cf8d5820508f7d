package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.catalog.Seen;
import dotf.agent.folder.RestoreOptions;
import dotf.agent.folder.RestoreOutcome;
import dotf.agent.journal.FileKey;
import dotf.chunker.disk.FileStat;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings files back whose stubs were opened, or that were asked for: a bounded queue, each file in
 * it once, a few at a time. For the events thread, but {@link #run}.
 */
final class RestoreWork {
  private static final Logger LOG = LoggerFactory.getLogger(RestoreWork.class);
  private static final int QUEUE_MAX = 10_000;
  private static final int AT_ONCE = 8;

  private final Device device;
  private final GivingBack givingBack;
  private final Attachment attachment;
  private final FolderWork work;
  private final Deque<String> queue = new ArrayDeque<>();
  private final Map<String, List<CompletableFuture<RestoreAnswer>>> asked = new HashMap<>();
  private final Set<String> onceStub = new HashSet<>();
  private int running;

  RestoreWork(Device device, GivingBack givingBack, Attachment attachment, FolderWork work) {
    this.device = device;
    this.givingBack = givingBack;
    this.attachment = attachment;
    this.work = work;
  }

  /** Asks for a file; several who ask for the same one share the answer. */
  void restore(String path, CompletableFuture<RestoreAnswer> answer) {
    List<CompletableFuture<RestoreAnswer>> others = asked.get(path);
    if (others != null) {
      others.add(answer);
      return;
    }
    if (queue.size() >= QUEUE_MAX) {
      answer.complete(
          RestoreAnswer.not(
              RestoreAnswer.Kind.LATER,
              path + " was not restored: " + QUEUE_MAX + " others wait already; ask again later"));
      return;
    }
    asked.put(path, new ArrayList<>(List.of(answer)));
    queue.add(path);
  }

  /** A program opened a file's stub: restores it, unless the storm breaker holds it back. */
  void opened(String path) {
    if (asked.containsKey(path)) {
      return;
    }
    FileKey key = work.key(path);
    Row row = device.catalog().find(key);
    Instant now = device.clock().instant();
    switch (device.breaker().opened(key, row == null ? 0 : row.size(), now)) {
      case RESTORE -> restore(path, new CompletableFuture<>());
      case HOLD -> {}
      case HOLD_FROM_NOW_ON ->
          LOG.warn("opened stubs are held back: {}", device.breaker().reason(now));
    }
  }

  /** Takes a file's stub for opened as soon as it is known to be one. */
  void openedOnceStub(String path) {
    if (onceStub.size() < QUEUE_MAX) {
      onceStub.add(path);
    }
  }

  void becameStub(String path) {
    if (onceStub.remove(path)) {
      opened(path);
    }
  }

  void forget(String path) {
    onceStub.remove(path);
  }

  void answerAll(Exception why) {
    asked.values().stream().flatMap(List::stream).forEach(a -> a.completeExceptionally(why));
    asked.clear();
  }

  int size() {
    return asked.size();
  }

  void dispatch() {
    for (int i = queue.size(); i > 0 && running < AT_ONCE; i--) {
      String path = queue.remove();
      if (work.isBusy(path)) {
        queue.add(path);
        continue;
      }
      Row row = device.catalog().find(work.key(path));
      if (row == null) {
        answer(path, RestoreAnswer.not(RestoreAnswer.Kind.ABSENT, path + " is not known here"));
      } else if (row.state() != FileState.STUB) {
        lingerOn(path);
        answer(path, RestoreAnswer.present());
      } else {
        running++;
        work.begin(List.of(path));
        String entry = row.bare() ? path : Names.stubOf(path);
        device.blocking().execute(() -> run(path, entry));
      }
    }
  }

  private void run(String path, String entry) {
    RestoreOutcome outcome = null;
    String failure = "";
    try {
      outcome = restore(entry);
      if (outcome instanceof RestoreOutcome.NoSpace(long needed, long available)
          && givingBack.makeRoom(needed - available)) {
        outcome = restore(entry);
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("{}/{} was not restored", attachment.path(), path, e);
      failure = FolderAgent.text(e);
    }
    RestoreOutcome came = outcome;
    String why = failure;
    device.events().execute(() -> restored(path, came, why));
  }

  private RestoreOutcome restore(String entry) throws IOException {
    attachment.ledger().expect(entry, device.clock().instant());
    long reserve = device.space().reserveOf(attachment.path());
    return device
        .restoring()
        .restore(
            attachment.folder(),
            entry,
            device.content(),
            new RestoreOptions(reserve, bytes -> {}, device.leave()::toGoOn));
  }

  private void restored(String path, @Nullable RestoreOutcome outcome, String failure) {
    running--;
    RestoreAnswer answer =
        switch (outcome) {
          case null -> RestoreAnswer.not(RestoreAnswer.Kind.FAILED, path + ": " + failure);
          case RestoreOutcome.Restored(String restored, FileStat stat) -> back(path, stat);
          case RestoreOutcome.AlreadyThere(String there, FileStat stat) -> back(path, stat);
          case RestoreOutcome.Conflict(String beside, FileStat stat) -> {
            work.lookAgain(beside);
            yield RestoreAnswer.restored(stat.size());
          }
          case RestoreOutcome.Gone() ->
              RestoreAnswer.not(RestoreAnswer.Kind.ABSENT, path + " has no stub any more");
          case RestoreOutcome.NotAStub() -> RestoreAnswer.present();
          case RestoreOutcome.Damaged(String reason) ->
              RestoreAnswer.not(
                  RestoreAnswer.Kind.FAILED,
                  "the stub of %s is damaged: %s; run dotf repair".formatted(path, reason));
          case RestoreOutcome.Foreign foreign ->
              RestoreAnswer.not(
                  RestoreAnswer.Kind.FAILED,
                  path + " is another vault's stub; only a machine of that vault can restore it");
          case RestoreOutcome.NoSpace(long needed, long available) ->
              RestoreAnswer.not(
                  RestoreAnswer.Kind.LATER,
                  "%s needs %s, %s free above the reserve; free some space first"
                      .formatted(path, Space.text(needed), Space.text(available)));
          case RestoreOutcome.Missing(String reason) ->
              RestoreAnswer.not(RestoreAnswer.Kind.LATER, path + ": " + reason);
        };
    if (!answer.ok()) {
      LOG.info("{} was not restored: {}", path, answer.problem());
      String problem = String.valueOf(answer.problem());
      device
          .catalog()
          .update(
              work.key(path),
              row ->
                  row.state() == FileState.STUB
                      ? row.in(FileState.STUB, Reason.RESTORE_FAILED, problem)
                      : row);
    }
    work.end(List.of(path));
    answer(path, answer);
  }

  private RestoreAnswer back(String path, FileStat stat) {
    try {
      device.lingering().note(work.key(path), device.clock().instant());
    } catch (IOException e) {
      LOG.warn("{} may be replaced early after a restart: {}", path, e.getMessage());
    }
    device
        .catalog()
        .update(
            work.key(path),
            row ->
                row.withStub(null, false)
                    .withFile(Seen.of(stat), true)
                    .in(FileState.LINGERING, Reason.LINGER));
    return RestoreAnswer.restored(stat.size());
  }

  /**
   * Who asks for a file that is still there wants it to stay, though it was about to be replaced.
   */
  private void lingerOn(String path) {
    try {
      device.lingering().note(work.key(path), device.clock().instant());
      work.lookAgain(path);
    } catch (IOException e) {
      LOG.warn("{} may be replaced early: {}", path, e.getMessage());
    }
  }

  private void answer(String path, RestoreAnswer answer) {
    List<CompletableFuture<RestoreAnswer>> waiting = asked.remove(path);
    if (waiting != null) {
      waiting.forEach(one -> one.complete(answer));
    }
  }
}
