package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.catalog.Seen;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FolderId;
import dotf.watcher.FolderEntry;
import dotf.watcher.FolderScan;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares what is on the disk with the catalog, and hands on what has to be looked at: what is new
 * or different, then what is known and gone. It never decides: absence found here is looked at
 * again. One scan at a time; another request meanwhile runs afterwards, over the whole folder.
 */
final class FolderScanning {
  private static final Logger LOG = LoggerFactory.getLogger(FolderScanning.class);
  private static final int BATCH = 512;

  /** Batches on their way to the events thread; the scan waits beyond that. */
  private static final int BATCHES_MAX = 8;

  private final Device device;
  private final FolderId id;
  private final Attachment attachment;
  private final Found found;
  private final Semaphore room = new Semaphore(BATCHES_MAX);
  private final Set<String> wanted = new LinkedHashSet<>();
  private volatile boolean running;
  private volatile boolean completed;

  /** Takes what was found, on the events thread. */
  interface Found {
    /**
     * Takes a batch.
     *
     * @param paths new or different: to be looked at
     * @param missing known and not there: to be looked at when it has been so for a while
     * @param unreadable entries whose names are no UTF-8, as they can be shown
     */
    void found(List<String> paths, List<String> missing, List<String> unreadable);
  }

  FolderScanning(Device device, FolderId id, Attachment attachment, Found found) {
    this.device = device;
    this.id = id;
    this.attachment = attachment;
    this.found = found;
  }

  boolean isRunning() {
    return running;
  }

  /** Whether the whole folder was scanned, and no scan is under way. */
  boolean isComplete() {
    return completed && !running;
  }

  /** Scans a path and everything below, "" being the whole folder. On the events thread. */
  void scan(String path) {
    if (running) {
      wanted.add(path);
      return;
    }
    running = true;
    device.blocking().execute(() -> run(path));
  }

  private void run(String path) {
    Walk walk = new Walk(path);
    try {
      FolderScan.Outcome outcome =
          new FolderScan(attachment.path()).scan(path, walk::entry, () -> !attachment.isAttached());
      boolean whole = outcome == FolderScan.Outcome.COMPLETE;
      if (whole || outcome == FolderScan.Outcome.ABSENT) {
        walk.known();
      }
      walk.flush();
      completed |= whole && path.isEmpty();
    } catch (RuntimeException e) {
      LOG.error("the scan of {} failed", attachment.path(), e);
    } finally {
      device.events().execute(this::ended);
    }
  }

  private void ended() {
    running = false;
    found.found(List.of(), List.of(), List.of());
    if (!wanted.isEmpty()) {
      String next = wanted.size() == 1 ? wanted.iterator().next() : "";
      wanted.clear();
      scan(next);
    }
  }

  /** One scan. */
  private final class Walk {
    private final String start;
    private List<String> paths = new ArrayList<>();
    private List<String> missing = new ArrayList<>();
    private List<String> unreadable = new ArrayList<>();
    private final Set<String> shown = new HashSet<>();

    Walk(String start) {
      this.start = start;
    }

    void entry(FolderEntry entry) {
      switch (entry) {
        case FolderEntry.File(String path, FolderEntry.Figures figures) -> {
          if (!isKnown(path, figures)) {
            add(Names.filesOf(path));
          }
        }
        case FolderEntry.Other(String path, String what) -> {
          Row row = device.catalog().find(new FileKey(id, path));
          if (row == null || row.reason() != Reason.SPECIAL) {
            add(List.of(path));
          }
        }
        case FolderEntry.Unreadable(String path) -> {
          shown.add(path);
          unreadable.add(path);
          flushIfFull();
        }
        case FolderEntry.Unknown(String path, String reason) ->
            LOG.info("{}/{} cannot be read: {}", attachment.path(), path, reason);
        case FolderEntry.Directory directory -> {}
      }
    }

    private boolean isKnown(String path, FolderEntry.Figures figures) {
      Row own = device.catalog().find(new FileKey(id, path));
      if (own != null && (isAtRest(own, own.file(), figures) || isStub(own, true, figures))) {
        return true;
      }
      Names names = Names.of(path);
      if (!names.isStubName()) {
        return false;
      }
      Row base = device.catalog().find(new FileKey(id, names.basePath()));
      return base != null && isStub(base, false, figures);
    }

    private boolean isAtRest(Row row, @Nullable Seen seen, FolderEntry.Figures figures) {
      boolean rests =
          (row.state() == FileState.SKIPPED && row.reason() != Reason.KEEP_RULE)
              || row.state() == FileState.LINGERING;
      return rests && matches(seen, figures);
    }

    private boolean isStub(Row row, boolean bare, FolderEntry.Figures figures) {
      return row.state() == FileState.STUB && row.bare() == bare && matches(row.stub(), figures);
    }

    private boolean matches(@Nullable Seen seen, FolderEntry.Figures figures) {
      return seen != null
          && seen.device() == figures.device()
          && seen.inode() == figures.inode()
          && seen.size() == figures.size()
          && seen.modified().equals(figures.modified())
          && seen.changed().equals(figures.changed());
    }

    /** What is known and stands at none of its names any more. */
    void known() {
      String prefix = start.isEmpty() ? "" : start + "/";
      if (!start.isEmpty()) {
        add(Names.filesOf(start));
      }
      String after = "";
      while (true) {
        List<Map.Entry<FileKey, Row>> page = device.catalog().page(id, prefix, after, BATCH);
        if (page.isEmpty()) {
          return;
        }
        for (Map.Entry<FileKey, Row> entry : page) {
          after = entry.getKey().path();
          if (isMissing(after, entry.getValue())) {
            missing.add(after);
            flushIfFull();
          }
        }
      }
    }

    private boolean isMissing(String path, Row row) {
      if (row.reason() == Reason.NAME_BYTES) {
        return !shown.contains(path);
      }
      try {
        if (row.state() == FileState.STUB && !row.bare()) {
          return attachment.examiner().statOf(Names.stubOf(path)) == null;
        }
        return attachment.examiner().statOf(path) == null;
      } catch (IOException e) {
        // Unknown is not absent; the next scan asks again.
        return false;
      }
    }

    private void add(List<String> more) {
      paths.addAll(more);
      flushIfFull();
    }

    private void flushIfFull() {
      if (paths.size() + missing.size() + unreadable.size() >= BATCH) {
        flush();
      }
    }

    void flush() {
      List<String> look = paths;
      List<String> gone = missing;
      List<String> strange = unreadable;
      paths = new ArrayList<>();
      missing = new ArrayList<>();
      unreadable = new ArrayList<>();
      room.acquireUninterruptibly();
      device
          .events()
          .execute(
              () -> {
                room.release();
                found.found(look, gone, strange);
              });
    }
  }
}
