package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.chunker.disk.FileStat;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at files that have come to rest, plans, and has the plans carried out, some files a turn;
 * what is gone comes last. For the events thread.
 */
final class Looking {
  private static final Logger LOG = LoggerFactory.getLogger(Looking.class);

  /** Files looked at in one turn, so that other folders and askers get theirs. */
  static final int PER_TURN = 256;

  private final Device device;
  private final Attachment attachment;
  private final FolderWork work;
  private final Retries retries;
  private final CarryingOut carryingOut;
  private final Holdback holdback;
  private final Set<String> wanted = new LinkedHashSet<>();
  private final Deletions deletions = new Deletions();
  private final Planning planning;

  Looking(
      Device device,
      Attachment attachment,
      FolderWork work,
      Retries retries,
      CarryingOut carryingOut,
      Holdback holdback) {
    this.device = device;
    this.attachment = attachment;
    this.work = work;
    this.retries = retries;
    this.carryingOut = carryingOut;
    this.holdback = holdback;
    this.planning = new Planning(device, attachment);
  }

  void at(String path) {
    wanted.add(path);
  }

  void at(Collection<String> paths) {
    wanted.addAll(paths);
  }

  /** Files to look at, deletions that wait included. */
  int size() {
    return wanted.size() + deletions.size();
  }

  /** Whether another turn can go on at once. */
  boolean hasMore() {
    return !wanted.isEmpty() || deletions.havePassed();
  }

  /** The folder is not there: what was seen to be gone may be there when it is back. */
  void forgetDeletions() {
    deletions.forgetAll();
  }

  /**
   * Looks at some files.
   *
   * @param othersChange other files have not come to rest yet
   * @return files that are to have their quiet time once more
   */
  List<String> some(boolean othersChange, Instant now) throws IOException {
    List<String> batch = new ArrayList<>();
    Iterator<String> paths = wanted.iterator();
    while (paths.hasNext() && batch.size() < PER_TURN) {
      String path = paths.next();
      paths.remove();
      if (!work.isBusy(path)) {
        batch.add(path);
      }
    }
    boolean journalled = false;
    for (String path : batch) {
      journalled |= look(path, true, now);
    }
    List<String> again = new ArrayList<>();
    if (wanted.isEmpty() && deletions.size() > 0 && attachment.isHealthy()) {
      List<String> passing = holdback.passing(deletions.ripe(othersChange, again), now);
      tell(passing.size());
      deletions.pass(passing);
      for (String path : deletions.take(PER_TURN)) {
        journalled |= !work.isBusy(path) && look(path, false, now);
      }
    }
    if (journalled) {
      device.journal().commit();
    }
    return again;
  }

  private void tell(int deleted) {
    if (deleted > 0) {
      LOG.info(
          "{}: {}; dotf undo brings {} back",
          attachment.path(),
          Holdback.counts(deleted, 0),
          deleted == 1 ? "it" : "them");
    }
  }

  /**
   * Looks at a file and does what is to be done.
   *
   * @param gather a deletion is only taken note of, to be judged with the others
   * @return whether something was written to the journal, to be committed at the end of the turn
   */
  private boolean look(String path, boolean gather, Instant now) {
    try {
      FileKey key = work.key(path);
      Sight sight = attachment.examiner().look(path, device.catalog().find(key));
      Plan plan = planning.plan(key, sight);
      if (plan instanceof Plan.Delete && gather) {
        if (!holdback.isHeld(path)) {
          deletions.seen(path);
        }
        return false;
      }
      deletions.forget(path);
      if (plan instanceof Plan.Store(FileStat file, FileStat oldStub) && isHeld(key, file, now)) {
        return false;
      }
      holdback.release(path);
      return carryingOut.carryOut(path, plan, sight, now);
    } catch (IOException e) {
      unclear(path, e, now);
      return false;
    }
  }

  private boolean isHeld(FileKey key, FileStat file, Instant now) throws IOException {
    FileVersion before = device.journal().find(key);
    if (before == null) {
      holdback.arrived(file, now);
      return false;
    }
    return holdback.holdsRewrite(key.path(), file, before, now);
  }

  private void unclear(String path, IOException e, Instant now) {
    LOG.info("{}/{} cannot be looked at: {}", attachment.path(), path, e.getMessage());
    Row known = device.catalog().find(work.key(path));
    Row row = known == null ? Row.unknown(0) : known;
    device
        .catalog()
        .put(work.key(path), row.in(FileState.WAITING, Reason.FAILED, FolderAgent.text(e)));
    retries.failed(path, now);
  }
}
