package dotf.agent;

import dotf.agent.WorkQueue.Item;
import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.catalog.Seen;
import dotf.agent.folder.Freeing;
import dotf.agent.folder.Obstacle;
import dotf.agent.folder.ReplaceOutcome;
import dotf.agent.folder.Replacement;
import dotf.agent.folder.UnsoundStoreException;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.agent.journal.JournalFolder;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.disk.FileStat;
import dotf.chunker.manifest.StoredFile;
import dotf.watcher.Verdict;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what becomes of stored files, and replaces those that may go by their stubs, in batches.
 * For the events thread, but {@link #run} and {@link #retire}.
 */
final class ReplaceWork {
  private static final Logger LOG = LoggerFactory.getLogger(ReplaceWork.class);
  private static final long BATCH_BYTES = 1L << 30;

  private final Device device;
  private final Attachment attachment;
  private final FolderWork work;
  private final Retries retries;
  private final WorkQueue<FileStat> queue = new WorkQueue<>();

  /** Files that the user asked to be replaced, and who waits, or has waited, for the answer. */
  private final Map<String, CompletableFuture<Row>> named = new HashMap<>();

  ReplaceWork(Device device, Attachment attachment, FolderWork work, Retries retries) {
    this.device = device;
    this.attachment = attachment;
    this.work = work;
    this.retries = retries;
  }

  static Reason reason(Obstacle obstacle) {
    return switch (obstacle) {
      case HARD_LINKS -> Reason.HARD_LINKS;
      case NAME_TOO_LONG -> Reason.NAME_LONG;
      case OTHER_OWNER -> Reason.NOT_OURS;
      case IMMUTABLE -> Reason.IMMUTABLE;
      case NO_LEASES -> Reason.NO_LEASE;
      case OTHER_FILESYSTEM -> Reason.OTHER_FILESYSTEM;
      case FOREIGN_STUB -> Reason.STUB_FOREIGN;
      case DATABASE -> Reason.DATABASE;
    };
  }

  /** The user wants this file replaced now. */
  void name(String path, CompletableFuture<Row> answer) {
    CompletableFuture<Row> waiting = named.get(path);
    if (waiting == null || waiting.isDone()) {
      named.put(path, answer);
    } else {
      var _ =
          waiting.whenComplete(
              (row, failure) -> {
                if (failure == null) {
                  answer.complete(row);
                } else {
                  answer.completeExceptionally(failure);
                }
              });
    }
  }

  void forget(String path) {
    queue.remove(path);
    CompletableFuture<Row> waiting = named.remove(path);
    if (waiting != null) {
      waiting.completeExceptionally(new NotFoundException(path + " is not there any more"));
    }
  }

  void answerAll(Exception why) {
    named.values().forEach(answer -> answer.completeExceptionally(why));
    named.clear();
  }

  int size() {
    return queue.size();
  }

  /**
   * A stored file was looked at.
   *
   * @param leftover a stub of it stands beside it, to be taken away first
   */
  void decide(String path, FileStat file, boolean leftover, boolean nameTaken, Instant now)
      throws IOException {
    FileKey key = work.key(path);
    Row row = device.catalog().find(key);
    FileVersion version = device.journal().find(key);
    JournalFolder folder = device.journal().folder(key.folder());
    if (row == null || version == null || folder == null) {
      return;
    }
    if (leftover) {
      work.begin(List.of(path));
      device.blocking().execute(() -> retire(path, version));
      return;
    }
    Verdict verdict = attachment.rules().verdict(path, false);
    Instant since = device.lingering().since(key);
    AgentSettings settings = device.settings().get();
    Replacing.Facts facts =
        new Replacing.Facts(
            path,
            file.size(),
            file.mode(),
            file.links(),
            folder.keep(),
            !(verdict instanceof Verdict.Store),
            nameTaken,
            row.reason().isObstacle() ? row.reason() : null,
            since == null ? null : since.plus(settings.linger()),
            named.containsKey(path),
            device.store().health().isGood(),
            row.copies() >= device.replicator().needed());
    Replacing.Answer answer = Replacing.answer(facts, settings.stubMin(), now);
    if (answer.reason() == Reason.STORE) {
      retries.failed(path, now);
    }
    Row decided = row.in(answer.state(), answer.reason(), detail(answer.reason(), verdict));
    device.catalog().put(key, decided);
    if (answer.replace()) {
      queue.add(path, file.size(), file);
      return;
    }
    queue.remove(path);
    if (answer.reason() == Reason.COPIES) {
      answerForNow(path, decided);
    } else {
      answer(path, decided);
    }
  }

  private String detail(Reason reason, Verdict verdict) {
    return switch (verdict) {
      case Verdict _ when reason == Reason.STORE -> device.store().health().message();
      case Verdict.Keep(String rule) when reason == Reason.KEEP_RULE -> rule;
      case Verdict.Ignore(String rule) when reason == Reason.KEEP_RULE -> rule;
      default -> "";
    };
  }

  /** A stub stands for the file now, or what is there is left alone for now. */
  void isAtRest(String path, Row row) {
    queue.remove(path);
    answer(path, row);
  }

  /** Who asked is told that it takes longer; the wish stays. */
  private void answerForNow(String path, Row row) {
    CompletableFuture<Row> waiting = named.get(path);
    if (waiting != null) {
      waiting.complete(row);
    }
  }

  private void answer(String path, Row row) {
    CompletableFuture<Row> waiting = named.remove(path);
    if (waiting != null) {
      waiting.complete(row);
    }
  }

  private void retire(String path, FileVersion version) {
    try {
      boolean gone = device.freeing().retireStub(attachment.folder(), path, version);
      if (!gone) {
        LOG.info("{}.f was not taken away: it is not that file's stub any more", path);
      }
    } catch (IOException e) {
      LOG.warn("the earlier stub of {} was not taken away: {}", path, e.getMessage());
    }
    device.events().execute(() -> work.end(List.of(path)));
  }

  void dispatch() {
    String forbidden = work.forbidden();
    if (forbidden != null) {
      answerAll(new TryLaterException(forbidden));
      return;
    }
    while (!queue.isEmpty() && device.storing().tryAcquire()) {
      List<Item<FileStat>> batch = queue.take(Freeing.BATCH_MAX, BATCH_BYTES);
      work.begin(batch.stream().map(Item::path).toList());
      device.blocking().execute(() -> run(batch));
    }
  }

  private void run(List<Item<FileStat>> batch) {
    Map<String, ReplaceOutcome> outcomes = new HashMap<>();
    Set<BlockAddress> gone = new HashSet<>();
    try {
      Map<Item<FileStat>, StoredFile> files = new LinkedHashMap<>();
      for (Item<FileStat> item : batch) {
        StoredFile file = stored(item);
        if (file != null) {
          files.put(item, file);
          gone.addAll(evicted(file));
        }
      }
      Set<BlockAddress> elsewhere = device.evictor().vouched(gone);
      List<Replacement> wanted = new ArrayList<>();
      for (Item<FileStat> item : batch) {
        StoredFile file = files.get(item);
        if (file == null) {
          outcomes.put(item.path(), new ReplaceOutcome.Changed());
        } else {
          wanted.add(new Replacement(item.path(), file, item.detail(), elsewhere));
        }
      }
      List<ReplaceOutcome> came = device.freeing().replace(attachment.folder(), wanted);
      for (int i = 0; i < wanted.size(); i++) {
        outcomes.put(wanted.get(i).path(), mended(came.get(i)));
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} files of {} were not replaced", batch.size(), attachment.path(), e);
      IOException cause = e instanceof IOException io ? io : new IOException(e);
      batch.forEach(item -> outcomes.put(item.path(), new ReplaceOutcome.Failed(cause)));
    } finally {
      device.evictor().release(gone);
      device.storing().release();
    }
    device.events().execute(() -> replaced(batch, outcomes));
  }

  /** What the store has lost is stored again; what is damaged in it comes from a holder. */
  private ReplaceOutcome mended(ReplaceOutcome outcome) {
    return switch (outcome) {
      case ReplaceOutcome.Failed(BlockMissingException missing) -> new ReplaceOutcome.Changed();
      case ReplaceOutcome.Failed(BlockCorruptException damaged) -> {
        try {
          var _ = device.anywhere().read(damaged.address());
        } catch (IOException e) {
          LOG.warn("{}; no other copy can be had: {}", damaged.getMessage(), e.getMessage());
        }
        yield outcome;
      }
      default -> outcome;
    };
  }

  /** Null when the store has lost its manifest, and it has to be stored again first. */
  private @Nullable StoredFile stored(Item<FileStat> item) throws IOException {
    FileVersion version = device.journal().find(work.key(item.path()));
    if (version == null) {
      return null;
    }
    try {
      return device.vault().manifests().read(version.manifest(), device.store());
    } catch (BlockMissingException e) {
      return null;
    }
  }

  /** Blocks of a file that came back after they had gone from the local store. */
  private Set<BlockAddress> evicted(StoredFile file) throws IOException {
    Set<BlockAddress> evicted = new HashSet<>();
    var chunks = device.vault().manifests().chunks(file.manifest(), device.anywhere(), 0);
    for (var at = chunks.next(); at != null; at = chunks.next()) {
      if (!device.store().contains(at.chunk().address())) {
        evicted.add(at.chunk().address());
      }
    }
    return evicted;
  }

  private void replaced(List<Item<FileStat>> batch, Map<String, ReplaceOutcome> outcomes) {
    Instant now = device.clock().instant();
    List<String> settled = new ArrayList<>();
    List<String> unsettled = new ArrayList<>();
    for (Item<FileStat> item : batch) {
      String path = item.path();
      ReplaceOutcome outcome =
          outcomes.getOrDefault(path, new ReplaceOutcome.Failed(new IOException("no outcome")));
      boolean again =
          outcome instanceof ReplaceOutcome.Changed || outcome instanceof ReplaceOutcome.Gone;
      (again ? unsettled : settled).add(path);
      device.catalog().update(work.key(path), row -> after(row, outcome));
      Row row = device.catalog().find(work.key(path));
      if (outcome instanceof ReplaceOutcome.InUse || outcome instanceof ReplaceOutcome.Failed) {
        retries.failed(path, now);
      }
      if (row != null && !again) {
        answer(path, row);
      }
      forgetLingering(path, outcome);
    }
    work.endQuietly(settled);
    work.begin(unsettled);
    work.end(unsettled);
  }

  private void forgetLingering(String path, ReplaceOutcome outcome) {
    if (outcome instanceof ReplaceOutcome.Replaced) {
      try {
        device.lingering().forget(work.key(path));
      } catch (IOException e) {
        LOG.warn("{}: {}", path, e.getMessage());
      }
    }
  }

  private static Row after(Row row, ReplaceOutcome outcome) {
    return switch (outcome) {
      case ReplaceOutcome.Replaced(FileStat stub) ->
          row.withFile(null, false).withStub(Seen.of(stub), false).in(FileState.STUB, Reason.NONE);
      case ReplaceOutcome.NameTaken(String name) ->
          row.in(FileState.CONFLICT, Reason.NAME_TAKEN, name);
      case ReplaceOutcome.InUse() -> row.in(FileState.WAITING, Reason.IN_USE);
      case ReplaceOutcome.Changed() -> row.withFile(row.file(), false);
      case ReplaceOutcome.Gone() -> row;
      case ReplaceOutcome.Refused(Obstacle obstacle) -> row.in(FileState.SKIPPED, reason(obstacle));
      case ReplaceOutcome.Failed(UnsoundStoreException unsound) ->
          row.in(FileState.WAITING, Reason.STORE, FolderAgent.text(unsound));
      case ReplaceOutcome.Failed(IOException cause) ->
          row.in(FileState.WAITING, Reason.FAILED, FolderAgent.text(cause));
    };
  }
}
