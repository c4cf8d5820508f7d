package dotf.agent;

import dotf.agent.replica.Replicator;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockSource;
import dotf.chunker.manifest.ManifestReader;
import dotf.chunker.manifest.StoredFile;
import dotf.dht.store.BlockStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches blocks that had gone from the local store back into it, when a holder is lost and too few
 * are left: so that they are safe, and can be handed to another. One file at a time, and only while
 * there is room.
 */
final class Refilling {
  private static final Logger LOG = LoggerFactory.getLogger(Refilling.class);

  /** More are met again by a later sweep. */
  private static final int WANTED_MAX = 10_000;

  private static final Duration RETRY = Duration.ofMinutes(1);

  private final BlockStore store;
  private final ManifestReader manifests;
  private final BlockSource content;
  private final Replicator replicator;
  private final Space space;
  private final Executor blocking;
  private final InstantSource clock;
  private final Set<BlockAddress> wanted = new LinkedHashSet<>();
  private boolean running;
  private Instant next = Instant.MIN;

  /**
   * @param content keeps in the store what lacks copies
   */
  Refilling(
      BlockStore store,
      ManifestReader manifests,
      BlockSource content,
      Replicator replicator,
      Space space,
      Executor blocking,
      InstantSource clock) {
    this.store = store;
    this.manifests = manifests;
    this.content = content;
    this.replicator = replicator;
    this.space = space;
    this.blocking = blocking;
    this.clock = clock;
  }

  /** A file has fewer copies than it should. */
  synchronized void want(BlockAddress hash) {
    if (wanted.size() < WANTED_MAX) {
      wanted.add(hash);
    }
  }

  /** Called every second or so. */
  synchronized void tick() {
    if (!running && !wanted.isEmpty() && !clock.instant().isBefore(next)) {
      running = true;
      blocking.execute(this::run);
    }
  }

  private void run() {
    BlockAddress hash = take();
    boolean done = false;
    try {
      done = refill(hash);
    } catch (IOException | RuntimeException e) {
      LOG.info("{} is not complete here yet: {}", hash, e.getMessage());
    } finally {
      synchronized (this) {
        running = false;
        if (!done) {
          wanted.add(hash);
          next = clock.instant().plus(RETRY);
        }
      }
    }
  }

  private synchronized BlockAddress take() {
    Iterator<BlockAddress> first = wanted.iterator();
    BlockAddress hash = first.next();
    first.remove();
    return hash;
  }

  /** Whether the store has now what others lack. */
  private boolean refill(BlockAddress hash) throws IOException {
    StoredFile file = manifests.read(hash, content);
    List<BlockAddress> fetched = new ArrayList<>();
    var chunks = manifests.chunks(file.manifest(), content, 0);
    for (var at = chunks.next(); at != null; at = chunks.next()) {
      BlockAddress block = at.chunk().address();
      if (!store.contains(block) && !replicator.isSafe(block)) {
        if (space.available() < at.chunk().length()) {
          return false;
        }
        var _ = content.read(block);
        fetched.add(block);
      }
    }
    if (!fetched.isEmpty()) {
      store.commit();
      replicator.wanted(fetched);
    }
    return true;
  }
}
