package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Row;
import dotf.agent.journal.FileKey;
import dotf.watcher.Verdict;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings files back that a rule keeps on the disk and that are stubs, as after a line was added to
 * a {@code .dotfkeep}: a few at a time, so that nobody who opens a stub waits behind them, and only
 * what fits above the reserve. For the events thread.
 */
final class KeptStubs {
  private static final Logger LOG = LoggerFactory.getLogger(KeptStubs.class);
  private static final int AT_ONCE = 4;

  /** Rows looked at in one turn. */
  private static final int PAGE = 256;

  private static final Duration RETRY = Duration.ofMinutes(1);

  private final Device device;
  private final Attachment attachment;
  private final FolderWork work;
  private final RestoreWork restoring;
  private final Set<String> waiting = new LinkedHashSet<>();

  /** The last path that a search for kept stubs has passed; null when none is under way. */
  private @Nullable String passed;

  /** Files in a row that did not fit. */
  private int passedOver;

  private int running;
  private long runningBytes;
  private Instant next = Instant.MIN;

  KeptStubs(Device device, Attachment attachment, FolderWork work, RestoreWork restoring) {
    this.device = device;
    this.attachment = attachment;
    this.work = work;
    this.restoring = restoring;
  }

  /** The rules may have changed: looks through all stubs, over several turns. */
  void search() {
    passed = "";
    next = Instant.MIN;
  }

  /** A stub stands for a file. */
  void isStub(String path) {
    if (isKept(path)) {
      waiting.add(path);
    }
  }

  void forget(String path) {
    waiting.remove(path);
  }

  private boolean isKept(String path) {
    return attachment.rules().verdict(path, false) instanceof Verdict.Keep;
  }

  void dispatch(Instant now) throws IOException {
    if (passed != null) {
      searchOn(passed);
    }
    if (waiting.isEmpty() || running >= AT_ONCE || now.isBefore(next)) {
      return;
    }
    long room = device.space().aboveReserve(attachment.path()) - runningBytes;
    List<String> some = waiting.stream().limit(PAGE).toList();
    for (String path : some) {
      if (running >= AT_ONCE) {
        return;
      }
      Row row = device.catalog().find(work.key(path));
      waiting.remove(path);
      if (row != null && row.state() == FileState.STUB && isKept(path)) {
        if (row.size() <= room) {
          room -= row.size();
          passedOver = 0;
          restore(path, row.size());
        } else {
          waiting.add(path);
          passedOver++;
        }
      }
    }
    if (passedOver < waiting.size()) {
      work.wake();
    } else if (!waiting.isEmpty() && running == 0) {
      LOG.info("{}: {} kept files wait for free space", attachment.path(), waiting.size());
      passedOver = 0;
      next = now.plus(RETRY);
    }
  }

  private void searchOn(String after) {
    List<Map.Entry<FileKey, Row>> page = device.catalog().page(attachment.id(), "", after, PAGE);
    for (Map.Entry<FileKey, Row> entry : page) {
      if (entry.getValue().state() == FileState.STUB) {
        isStub(entry.getKey().path());
      }
    }
    passed = page.isEmpty() ? null : page.getLast().getKey().path();
    if (passed != null) {
      work.wake();
    }
  }

  private void restore(String path, long bytes) {
    running++;
    runningBytes += bytes;
    CompletableFuture<RestoreAnswer> answer = new CompletableFuture<>();
    var _ = answer.whenComplete((came, failure) -> restored(path, bytes, came));
    restoring.restore(path, answer);
  }

  private void restored(String path, long bytes, @Nullable RestoreAnswer came) {
    running--;
    runningBytes -= bytes;
    if (came != null && came.kind() == RestoreAnswer.Kind.LATER) {
      waiting.add(path);
      next = device.clock().instant().plus(RETRY);
    }
    work.wake();
  }
}
