package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.catalog.Seen;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.agent.journal.JournalRecord.FileDeleted;
import dotf.agent.journal.JournalRecord.FileRenamed;
import dotf.agent.journal.JournalRecord.FileReplaced;
import dotf.agent.journal.JournalRecord.FileStored;
import dotf.chunker.disk.FileStat;
import dotf.watcher.Verdict;
import java.io.IOException;
import java.time.Instant;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a file's plan out: takes it down in catalog and journal, and hands on what is work. For
 * the events thread.
 */
final class CarryingOut {
  private static final Logger LOG = LoggerFactory.getLogger(CarryingOut.class);

  private final Device device;
  private final Attachment attachment;
  private final FolderWork work;
  private final Retries retries;
  private final StoreWork storing;
  private final ReplaceWork replacing;
  private final RestoreWork restoring;
  private final StubWork stubs;
  private final KeptStubs kept;
  private final BiConsumer<String, Instant> unrested;

  /** {@code unrested} takes files that changed less than {@code settle} ago. */
  CarryingOut(
      Device device,
      Attachment attachment,
      FolderWork work,
      Retries retries,
      StoreWork storing,
      ReplaceWork replacing,
      RestoreWork restoring,
      StubWork stubs,
      KeptStubs kept,
      BiConsumer<String, Instant> unrested) {
    this.device = device;
    this.attachment = attachment;
    this.work = work;
    this.retries = retries;
    this.storing = storing;
    this.replacing = replacing;
    this.restoring = restoring;
    this.stubs = stubs;
    this.kept = kept;
    this.unrested = unrested;
  }

  /**
   * Does what was planned for a file.
   *
   * @return whether something was written to the journal, to be committed by the caller
   */
  boolean carryOut(String path, Plan plan, Sight sight, Instant now) throws IOException {
    FileKey key = work.key(path);
    Row known = device.catalog().find(key);
    retries.forget(path);
    switch (plan) {
      case Plan.Forget() -> {
        forget(path);
        if (known != null) {
          device.catalog().remove(key);
        }
        return false;
      }
      case Plan.Store(FileStat file, FileStat oldStub) -> {
        store(path, known, file, oldStub, now);
        return false;
      }
      case Plan.Stay(FileStat file, FileStat leftover) -> {
        Row row = known == null ? Row.unknown(file.size()) : known;
        device.catalog().put(key, row.withStub(leftover == null ? null : Seen.of(leftover), false));
        replacing.decide(path, file, leftover != null, sight.nameTaken(), now);
        return false;
      }
      case Plan.Rest(FileStat stub, boolean bare) -> {
        rest(key, stub, bare);
        return false;
      }
      case Plan.Adopt(FileStat stub, boolean bare, FileVersion version, FileKey movedFrom) -> {
        adopt(key, version, movedFrom, now);
        rest(key, stub, bare);
        return true;
      }
      case Plan.Delete() -> {
        LOG.debug("{}/{} was deleted", attachment.path(), path);
        device.journal().append(new FileDeleted(key, now));
        device.lingering().forget(key);
        device.catalog().remove(key);
        forget(path);
        return true;
      }
      case Plan.WriteStub(FileStat damaged) -> {
        stubs.add(path, damaged);
        return false;
      }
      case Plan.Leave(FileStat entry, Reason reason) -> {
        leave(path, entry, reason);
        return false;
      }
    }
  }

  private void store(
      String path, @Nullable Row known, FileStat file, @Nullable FileStat oldStub, Instant now) {
    Row row = (known == null ? Row.unknown(file.size()) : known).withFile(Seen.of(file), false);
    row = row.withStub(oldStub == null ? null : Seen.of(oldStub), false);
    boolean quiet = !file.changed().plus(device.settings().get().settle()).isAfter(now);
    if (quiet) {
      device.catalog().put(work.key(path), row.in(FileState.BUSY, Reason.QUEUED));
      storing.add(path, file.size());
    } else {
      device.catalog().put(work.key(path), row.in(FileState.BUSY, Reason.QUIET));
      unrested.accept(path, now);
    }
  }

  private void rest(FileKey key, FileStat stub, boolean bare) {
    FileVersion version = device.journal().find(key);
    Row known = device.catalog().find(key);
    if (version == null) {
      return;
    }
    Row row =
        (known == null ? Row.unknown(version.size()) : known)
            .withFile(null, false)
            .withVersion(version.manifest(), version.size(), known == null ? 0 : known.blocks())
            .withStub(Seen.of(stub), bare);
    // Whoever opened it and did not get it back can ask why until it is opened again.
    if (row.reason() != Reason.RESTORE_FAILED) {
      row = row.in(FileState.STUB, Reason.NONE);
    }
    device.catalog().put(key, row);
    replacing.isAtRest(key.path(), row);
    restoring.becameStub(key.path());
    kept.isStub(key.path());
  }

  private void adopt(FileKey key, FileVersion version, @Nullable FileKey movedFrom, Instant now)
      throws IOException {
    FileVersion present = device.journal().find(key);
    if (present != null) {
      device.journal().append(new FileReplaced(key, present, now));
    }
    if (movedFrom != null) {
      FileVersion before = device.journal().find(movedFrom);
      device.journal().append(new FileRenamed(movedFrom, key));
      device.catalog().remove(movedFrom);
      device.lingering().forget(movedFrom);
      if (version.equals(before)) {
        return;
      }
    }
    device.journal().append(new FileStored(key, version));
  }

  private void leave(String path, FileStat entry, Reason reason) {
    FileState state = reason == Reason.STUB_DAMAGED ? FileState.CONFLICT : FileState.SKIPPED;
    String detail =
        attachment.rules().verdict(path, false) instanceof Verdict.Ignore(String rule) ? rule : "";
    Row row = Row.unknown(entry.size()).withFile(Seen.of(entry), false).in(state, reason, detail);
    device.catalog().put(work.key(path), row);
    replacing.isAtRest(path, row);
  }

  private void forget(String path) {
    storing.forget(path);
    replacing.forget(path);
    restoring.forget(path);
    stubs.forget(path);
    kept.forget(path);
  }
}
