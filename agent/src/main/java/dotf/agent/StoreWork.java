package dotf.agent;

import dotf.agent.WorkQueue.Item;
import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.catalog.Seen;
import dotf.agent.folder.Freeing;
import dotf.agent.folder.Obstacle;
import dotf.agent.folder.StoreOutcome;
import dotf.agent.folder.StoreRequest;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.agent.journal.JournalRecord.FileReplaced;
import dotf.agent.journal.JournalRecord.FileStored;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.disk.DiskFullException;
import dotf.chunker.manifest.FileId;
import dotf.chunker.manifest.FileMetadata;
import dotf.chunker.manifest.StoredFile;
import dotf.chunker.manifest.VersionVector;
import dotf.dht.store.StoreFullException;
import dotf.dht.store.StoreHealth;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores files that have come to rest, in batches, as long as they fit above the reserve, and
 * journals what was stored. For the events thread, but {@link #run}.
 */
final class StoreWork {
  private static final Logger LOG = LoggerFactory.getLogger(StoreWork.class);
  private static final long BATCH_BYTES = 64L << 20;

  private final Device device;
  private final Attachment attachment;
  private final FolderWork work;
  private final Retries retries;
  private final ReplaceWork replacing;
  private final Holdback holdback;
  private final WorkQueue<Boolean> queue = new WorkQueue<>();

  /** What storing one file came to, and how its copies stand. */
  private record Done(StoreOutcome outcome, Copies.@Nullable Count copies) {}

  StoreWork(
      Device device,
      Attachment attachment,
      FolderWork work,
      Retries retries,
      ReplaceWork replacing,
      Holdback holdback) {
    this.device = device;
    this.attachment = attachment;
    this.work = work;
    this.retries = retries;
    this.replacing = replacing;
    this.holdback = holdback;
  }

  void add(String path, long size) {
    queue.add(path, size, true);
  }

  void forget(String path) {
    queue.remove(path);
  }

  /** Takes a file out of the queue; whether it was there. */
  boolean withdraw(String path) {
    boolean waited = queue.find(path) != null;
    queue.remove(path);
    return waited;
  }

  int size() {
    return queue.size();
  }

  void dispatch(Instant now) {
    if (device.store().health().state() == StoreHealth.State.READ_ONLY) {
      for (Item<Boolean> item : queue.take(Integer.MAX_VALUE, Long.MAX_VALUE)) {
        wait(item.path(), Reason.STORE, device.store().health().message(), now);
      }
    }
    while (!queue.isEmpty() && work.forbidden() == null && device.storing().tryAcquire()) {
      List<Item<Boolean>> batch = fitting(queue.take(Freeing.BATCH_MAX, BATCH_BYTES), now);
      if (batch.isEmpty()) {
        device.storing().release();
        return;
      }
      List<String> paths = batch.stream().map(Item::path).toList();
      work.begin(paths);
      device.blocking().execute(() -> run(paths));
    }
  }

  /** Leaves out what would not fit above the reserve; it is tried again later. */
  private List<Item<Boolean>> fitting(List<Item<Boolean>> batch, Instant now) {
    long available;
    try {
      available = device.space().available();
    } catch (IOException e) {
      LOG.warn("the free space cannot be told: {}", e.getMessage());
      return batch;
    }
    List<Item<Boolean>> fitting = new ArrayList<>();
    for (Item<Boolean> item : batch) {
      if (item.bytes() <= available) {
        available -= item.bytes();
        fitting.add(item);
      } else {
        String detail =
            "needs %s, %s free".formatted(Space.text(item.bytes()), Space.text(available));
        wait(item.path(), Reason.SPACE, detail, now);
      }
    }
    return fitting;
  }

  private void wait(String path, Reason reason, String detail, Instant now) {
    device.catalog().update(work.key(path), row -> row.in(FileState.WAITING, reason, detail));
    retries.failed(path, now);
    Row row = device.catalog().find(work.key(path));
    if (row != null) {
      replacing.isAtRest(path, row);
    }
  }

  private void run(List<String> paths) {
    List<Done> done = new ArrayList<>();
    try {
      List<StoreRequest> requests = new ArrayList<>();
      for (String path : paths) {
        requests.add(request(path));
      }
      for (StoreOutcome outcome : device.freeing().store(attachment.folder(), requests)) {
        done.add(new Done(outcome, copies(outcome)));
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("{} files of {} were not stored", paths.size(), attachment.path(), e);
      IOException cause = e instanceof IOException io ? io : new IOException(e);
      done.clear();
      paths.forEach(path -> done.add(new Done(new StoreOutcome.Failed(cause), null)));
    } finally {
      device.storing().release();
    }
    device.events().execute(() -> stored(paths, done));
  }

  private StoreRequest request(String path) throws IOException {
    FileVersion before = device.journal().find(work.key(path));
    if (before == null) {
      VersionVector first = VersionVector.NONE.next(device.name());
      return new StoreRequest(path, FileId.random(device.random()), first, null);
    }
    return new StoreRequest(
        path, before.fileId(), vector(before).next(device.name()), before.manifest());
  }

  private VersionVector vector(FileVersion before) throws IOException {
    try {
      return device
          .vault()
          .manifests()
          .read(before.manifest(), device.anywhere())
          .manifest()
          .metadata()
          .version();
    } catch (BlockMissingException e) {
      LOG.warn("version {} of a file is out of reach: {}", before.number(), e.getMessage());
      return VersionVector.NONE;
    }
  }

  private Copies.@Nullable Count copies(StoreOutcome outcome) throws IOException {
    if (!(outcome instanceof StoreOutcome.Stored stored)) {
      return null;
    }
    device.copies().want(stored.file());
    return device.copies().of(stored.file());
  }

  private void stored(List<String> paths, List<Done> done) {
    Instant now = device.clock().instant();
    try {
      Set<String> held = holdback.heldOf(rewritten(paths, done), now);
      for (int i = 0; i < paths.size(); i++) {
        if (!held.contains(paths.get(i))) {
          journal(paths.get(i), done.get(i).outcome(), now);
        }
      }
      device.journal().commit();
      device.lingering().commit();
      for (int i = 0; i < paths.size(); i++) {
        if (!held.contains(paths.get(i))) {
          note(paths.get(i), done.get(i), now);
        }
      }
    } catch (IOException e) {
      LOG.error("the journal cannot be written; nothing is replaced until it can", e);
      paths.forEach(path -> retries.failed(path, now));
    }
    work.end(paths);
  }

  private List<String> rewritten(List<String> paths, List<Done> done) {
    List<String> rewritten = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      FileVersion before = device.journal().find(work.key(paths.get(i)));
      if (done.get(i).outcome() instanceof StoreOutcome.Stored stored
          && before != null
          && isRewritten(before, stored)) {
        rewritten.add(paths.get(i));
      }
    }
    return rewritten;
  }

  private static boolean isRewritten(FileVersion before, StoreOutcome.Stored stored) {
    return !before.digest().equals(stored.file().digest());
  }

  private void journal(String path, StoreOutcome outcome, Instant now) throws IOException {
    if (outcome instanceof StoreOutcome.Stored stored) {
      FileKey key = work.key(path);
      FileVersion before = device.journal().find(key);
      if (before != null && isRewritten(before, stored)) {
        device.journal().append(new FileReplaced(key, before, now));
        device.lingering().note(key, now);
      }
      if (before == null || !isSame(before, stored)) {
        device.journal().append(new FileStored(key, version(stored.file())));
      }
    }
  }

  /** Content that is the journalled version's, as after the catalog was lost. */
  private boolean isSame(FileVersion before, StoreOutcome.Stored stored) throws IOException {
    return before.digest().equals(stored.file().digest())
        && before.modified().equals(stored.stat().modified())
        && device.store().contains(before.manifest());
  }

  private static FileVersion version(StoredFile file) {
    FileMetadata metadata = file.manifest().metadata();
    return new FileVersion(
        file.address(),
        metadata.fileId(),
        metadata.version().total(),
        file.size(),
        metadata.modified(),
        file.digest());
  }

  private void note(String path, Done done, Instant now) {
    switch (done.outcome()) {
      case StoreOutcome.Stored stored -> noteStored(path, stored, done.copies());
      case StoreOutcome.InUse() -> wait(path, Reason.IN_USE, "", now);
      case StoreOutcome.Changed() -> work.changedAgain(path, now);
      case StoreOutcome.Gone() -> {}
      case StoreOutcome.Refused(String reason) -> wait(path, Reason.FAILED, reason, now);
      case StoreOutcome.Failed(IOException cause) -> {
        boolean full = cause instanceof StoreFullException || cause instanceof DiskFullException;
        boolean readOnly = device.store().health().state() == StoreHealth.State.READ_ONLY;
        Reason reason = full ? Reason.SPACE : readOnly ? Reason.STORE : Reason.FAILED;
        wait(path, reason, FolderAgent.text(cause), now);
      }
    }
  }

  private void noteStored(String path, StoreOutcome.Stored stored, Copies.@Nullable Count copies) {
    FileKey key = work.key(path);
    FileVersion version = device.journal().find(key);
    Row known = device.catalog().find(key);
    if (version == null) {
      return;
    }
    int blocks = copies == null ? 0 : copies.blocks();
    Row row =
        (known == null ? Row.unknown(stored.file().size()) : known)
            .withVersion(version.manifest(), version.size(), blocks)
            .withFile(Seen.of(stored.stat()), true);
    if (copies != null) {
      row = row.withCopies(blocks, copies.copies(), copies.proved());
    }
    Obstacle obstacle = stored.obstacle();
    device
        .catalog()
        .put(
            key,
            obstacle == null
                ? row.in(FileState.BUSY, Reason.REPLACING)
                : row.in(FileState.SKIPPED, ReplaceWork.reason(obstacle)));
    retries.forget(path);
  }
}
