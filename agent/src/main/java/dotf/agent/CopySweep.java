package dotf.agent;

import dotf.agent.catalog.Catalog;
import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FolderId;
import dotf.agent.journal.Journal;
import dotf.agent.journal.JournalFolder;
import dotf.agent.replica.Replicator;
import dotf.chunker.block.BlockAddress;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the copies that the catalog shows in step with the receipts: after receipts came, every
 * file whose manifest has another number of holders than its row says, or that waits for no more
 * than it has, is counted anew. A manifest is only read once its own block has changed, and a sweep
 * reads a bounded number of them.
 */
final class CopySweep {
  private static final Logger LOG = LoggerFactory.getLogger(CopySweep.class);
  private static final int PAGE = 512;
  private static final int COUNTED_MAX = 4096;
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Journal journal;
  private final Catalog catalog;
  private final Copies copies;
  private final Replicator replicator;
  private final Refilling refilling;
  private final Executor blocking;
  private final InstantSource clock;
  private final Consumer<FileKey> waitingHasEnough;
  private boolean wanted = true;
  private boolean everything;
  private boolean running;
  private Instant last = Instant.MIN;

  CopySweep(
      Journal journal,
      Catalog catalog,
      Copies copies,
      Replicator replicator,
      Refilling refilling,
      Executor blocking,
      InstantSource clock,
      Consumer<FileKey> waitingHasEnough) {
    this.journal = journal;
    this.catalog = catalog;
    this.copies = copies;
    this.replicator = replicator;
    this.refilling = refilling;
    this.blocking = blocking;
    this.clock = clock;
    this.waitingHasEnough = waitingHasEnough;
  }

  /** Receipts came, or holders changed. */
  synchronized void want() {
    wanted = true;
  }

  /** One block somewhere has a holder less: every file is counted anew. */
  synchronized void recount() {
    everything = true;
    wanted = true;
  }

  /** Whether something is still to be counted. */
  synchronized boolean isBusy() {
    return wanted || running;
  }

  /** Called every second or so. */
  synchronized void tick() {
    Instant now = clock.instant();
    if (wanted && !running && (last.equals(Instant.MIN) || !now.isBefore(last.plus(PAUSE)))) {
      wanted = false;
      running = true;
      last = now;
      blocking.execute(this::run);
    }
  }

  private void run() {
    boolean all = takeEverything();
    int left = all ? Integer.MAX_VALUE : COUNTED_MAX;
    try {
      for (JournalFolder folder : journal.folders()) {
        left = sweep(folder.id(), all, left);
      }
    } catch (RuntimeException e) {
      LOG.error("counting copies failed", e);
    } finally {
      synchronized (this) {
        running = false;
        wanted |= left <= 0;
      }
    }
  }

  private synchronized boolean takeEverything() {
    boolean was = everything;
    everything = false;
    return was;
  }

  private int sweep(FolderId folder, boolean all, int most) {
    int left = most;
    String after = "";
    List<Map.Entry<FileKey, Row>> page = catalog.page(folder, "", after, PAGE);
    while (!page.isEmpty() && left > 0) {
      for (Map.Entry<FileKey, Row> entry : page) {
        after = entry.getKey().path();
        if (all || isStale(entry.getValue())) {
          left--;
          count(entry.getKey(), entry.getValue());
        }
      }
      page = catalog.page(folder, "", after, PAGE);
    }
    return left;
  }

  private boolean isStale(Row row) {
    BlockAddress hash = row.hash();
    if (hash == null) {
      return false;
    }
    int now = replicator.copies(hash);
    return row.blocks() == 0
        || now < row.copies()
        || (row.reason() == Reason.COPIES && row.copies() >= replicator.needed())
        || (now > row.copies() && row.copies() < replicator.needed());
  }

  /** A stub whose content is nowhere any more says so, until a source is known again. */
  private static Row counted(Row row, Copies.Count count) {
    Row counted = row.withCopies(count.blocks(), count.copies(), count.proved());
    boolean knownAsLost = row.reason() == Reason.LOST;
    if (row.state() != FileState.STUB || count.lost() == knownAsLost) {
      return counted;
    }
    return counted.in(FileState.STUB, count.lost() ? Reason.LOST : Reason.NONE);
  }

  private void count(FileKey key, Row row) {
    BlockAddress hash = row.hash();
    if (hash == null) {
      return;
    }
    try {
      Copies.Count count = copies.of(hash);
      catalog.update(key, now -> hash.equals(now.hash()) ? counted(now, count) : now);
      if (count.thin()) {
        refilling.want(hash);
      }
      if (row.state() == FileState.WAITING && count.copies() >= replicator.needed()) {
        waitingHasEnough.accept(key);
      }
    } catch (IOException e) {
      LOG.debug("the copies of {} cannot be counted: {}", key, e.getMessage());
    }
  }
}
