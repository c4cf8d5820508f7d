package dotf.agent.replica;

import dotf.chunker.block.BlockAddress;
import dotf.dht.group.Receipt;
import dotf.dht.identity.NodeId;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that every own block has as many receipts as the settings ask for. It works in waves:
 * take some blocks that lack receipts, give each to the best reachable holders that do not have it,
 * take the receipts down, tell the listener, go on. What cannot be placed now waits for a holder to
 * come or for the next try, at growing intervals. Safe for use by many threads.
 *
 * <p>Bounds: {@link #PENDING_MAX} blocks are remembered; beyond that the store is swept again for
 * more.
 */
public final class Replicator implements Closeable {
  /** Blocks remembered as lacking receipts. */
  static final int PENDING_MAX = 50_000;

  /** Blocks of one wave: at most 128 MiB, and far less where files are small. */
  static final int WAVE_BLOCKS = 128;

  private static final Duration RETRY_MIN = Duration.ofSeconds(1);
  private static final Duration RETRY_MAX = Duration.ofMinutes(1);

  /** How long a holder that refused or failed is passed over. */
  private static final Duration AVOID = Duration.ofSeconds(15);

  private static final Logger LOG = LoggerFactory.getLogger(Replicator.class);

  private final Holders holders;
  private final Receipts receipts;
  private final IntSupplier copies;
  private final OwnBlocks store;
  private final ScheduledExecutorService timer;
  private final Executor blocking;
  private final InstantSource time;
  private final Runnable progress;

  private final Map<NodeId, Instant> avoided = new ConcurrentHashMap<>();
  private final Set<BlockAddress> pending = new LinkedHashSet<>();
  private boolean sweepDue = true;
  private boolean running;
  private boolean closed;
  private boolean paused;
  private Duration retry = RETRY_MIN;
  private int inFlight;
  private @Nullable ScheduledFuture<?> next;
  private @Nullable String waitsFor;

  /** The local store, as far as this class needs it. */
  @FunctionalInterface
  public interface OwnBlocks {
    /** Streams the addresses of all own blocks. */
    void forEach(Consumer<BlockAddress> block) throws IOException;
  }

  /**
   * Makes a replicator that is idle until {@link #start}.
   *
   * @param copies how many holders other than this machine the settings ask for
   * @param timer for retries; its threads are never blocked
   * @param blocking for pushes and sweeps
   * @param progress called after receipts came in, on a thread of {@code blocking}
   */
  public Replicator(
      Holders holders,
      Receipts receipts,
      IntSupplier copies,
      OwnBlocks store,
      ScheduledExecutorService timer,
      Executor blocking,
      InstantSource time,
      Runnable progress) {
    this.holders = holders;
    this.receipts = receipts;
    this.copies = copies;
    this.store = store;
    this.timer = timer;
    this.blocking = blocking;
    this.time = time;
    this.progress = progress;
  }

  /** Looks through the store for blocks that lack receipts, and begins. */
  public void start() {
    holdersChanged();
  }

  /** How many holders must have signed for a block: {@code copies}, or all others when fewer. */
  public int needed() {
    return Math.min(copies.getAsInt(), holders.others().size());
  }

  /** How many holders have signed for a block, in a way that counts now. */
  public int copies(BlockAddress block) {
    return receipts.holders(block).size();
  }

  /** Whether a block has the receipts that replacing its file asks for. */
  public boolean enough(BlockAddress block) {
    int needed = needed();
    return needed == 0 || copies(block) >= needed;
  }

  /** Whether as many holders have signed for a block as the settings ask for, and any at all. */
  public boolean isSafe(BlockAddress block) {
    int asked = copies.getAsInt();
    return asked > 0 && copies(block) >= asked;
  }

  /** Whether as many holders as {@code copies} have signed for a block, or all that stay. */
  public boolean isPlaced(BlockAddress block) {
    int wanted = Math.max(1, copies.getAsInt());
    return copies(block) >= Math.min(wanted, holders.ranked(block).size());
  }

  /** Asks for copies of blocks that are in the local store. */
  public void wanted(Collection<BlockAddress> blocks) {
    if (needed() == 0) {
      return;
    }
    synchronized (this) {
      for (BlockAddress block : blocks) {
        if (pending.size() >= PENDING_MAX) {
          sweepDue = true;
          break;
        }
        pending.add(block);
      }
    }
    work();
  }

  /**
   * A holder came, went, or has a new store, or the settings changed: everything is looked at anew.
   */
  public void holdersChanged() {
    synchronized (this) {
      sweepDue = true;
      retry = RETRY_MIN;
    }
    work();
  }

  /** A holder is connected anew: what it refused before says nothing any more. */
  public void connected(NodeId holder) {
    avoided.remove(holder);
    holdersChanged();
  }

  /** Sends nothing more, but for what is on its way; or goes on. */
  public void pause(boolean now) {
    synchronized (this) {
      paused = now;
    }
    holdersChanged();
  }

  /** Blocks known to lack receipts. */
  public synchronized int pending() {
    return pending.size() + inFlight;
  }

  /** What the pending blocks wait for, as a sentence; null when nothing waits. */
  public synchronized @Nullable String waitsFor() {
    return pending() == 0 ? null : paused ? "sending is paused" : waitsFor;
  }

  @Override
  public synchronized void close() {
    closed = true;
    pending.clear();
    cancelRetry();
  }

  private synchronized void work() {
    if (!running && !closed) {
      running = true;
      cancelRetry();
      blocking.execute(this::run);
    }
  }

  private void run() {
    try {
      sweep();
      wave(take());
    } catch (IOException | RuntimeException e) {
      LOG.warn("Copies could not be made: {}", e.getMessage());
      abandon();
      rest();
    }
  }

  private synchronized void abandon() {
    inFlight = 0;
    sweepDue = true;
  }

  /** Ends a run, and sees to the next one when something is left to do. */
  private synchronized void rest() {
    running = false;
    if (!closed && (!pending.isEmpty() || sweepDue)) {
      next = timer.schedule(this::work, retry.toMillis(), TimeUnit.MILLISECONDS);
      Duration doubled = retry.multipliedBy(2);
      retry = doubled.compareTo(RETRY_MAX) > 0 ? RETRY_MAX : doubled;
    }
  }

  private void cancelRetry() {
    if (next != null) {
      next.cancel(false);
      next = null;
    }
  }

  private void sweep() throws IOException {
    synchronized (this) {
      if (!sweepDue || pending.size() > PENDING_MAX / 2) {
        return;
      }
      sweepDue = false;
    }
    if (needed() == 0) {
      forgetPending();
      return;
    }
    store.forEach(
        block -> {
          if (!enough(block)) {
            remember(block);
          }
        });
  }

  private synchronized void forgetPending() {
    pending.clear();
  }

  private synchronized void remember(BlockAddress block) {
    if (pending.size() < PENDING_MAX) {
      pending.add(block);
    } else {
      sweepDue = true;
    }
  }

  private void wave(List<BlockAddress> wave) {
    List<CompletableFuture<@Nullable Receipt>> pushes = new ArrayList<>();
    plan(wave)
        .forEach(
            (holder, blocks) ->
                pushes.add(CompletableFuture.supplyAsync(() -> push(holder, blocks), blocking)));
    CompletableFuture.allOf(pushes.toArray(CompletableFuture[]::new))
        .whenComplete((all, failure) -> finish(wave, pushes));
  }

  private void finish(List<BlockAddress> wave, List<CompletableFuture<@Nullable Receipt>> pushes) {
    List<Receipt> came = new ArrayList<>();
    for (CompletableFuture<@Nullable Receipt> push : pushes) {
      Receipt receipt = push.isCompletedExceptionally() ? null : push.getNow(null);
      if (receipt != null) {
        came.add(receipt);
      }
    }
    boolean placed = false;
    try {
      receipts.add(came);
      placed = !came.isEmpty();
    } catch (IOException e) {
      LOG.warn("Receipts could not be written down: {}", e.getMessage());
    } finally {
      putBack(wave);
    }
    if (placed) {
      again();
      progress.run();
    } else {
      rest();
    }
  }

  private synchronized void again() {
    retry = RETRY_MIN;
    running = false;
    work();
  }

  private List<BlockAddress> take() {
    List<BlockAddress> wave = new ArrayList<>(WAVE_BLOCKS);
    synchronized (this) {
      Iterator<BlockAddress> blocks = pending.iterator();
      while (!paused && blocks.hasNext() && wave.size() < WAVE_BLOCKS) {
        BlockAddress block = blocks.next();
        blocks.remove();
        if (!enough(block)) {
          wave.add(block);
        }
      }
      inFlight = wave.size();
    }
    return wave;
  }

  /** What still lacks receipts goes to the end, so that it does not hold up the others. */
  private void putBack(List<BlockAddress> wave) {
    List<BlockAddress> lacking = wave.stream().filter(block -> !enough(block)).toList();
    synchronized (this) {
      inFlight = 0;
      if (!closed) {
        pending.addAll(lacking);
      }
    }
  }

  private Map<NodeId, List<BlockAddress>> plan(List<BlockAddress> wave) {
    Map<NodeId, List<BlockAddress>> plan = new HashMap<>();
    int needed = needed();
    int lacking = 0;
    for (BlockAddress block : wave) {
      List<NodeId> has = receipts.holders(block);
      int missing = needed - has.size();
      for (NodeId holder : holders.ranked(block)) {
        if (missing > 0 && !has.contains(holder) && usable(holder)) {
          plan.computeIfAbsent(holder, _ -> new ArrayList<>()).add(block);
          missing--;
        }
      }
      lacking = Math.max(lacking, missing);
    }
    reason(lacking, needed);
    return plan;
  }

  private boolean usable(NodeId holder) {
    return holders.reachable(holder)
        && !time.instant().isBefore(avoided.getOrDefault(holder, Instant.EPOCH));
  }

  /** Keeps the reason that a holder gave while that holder is passed over. */
  private synchronized void reason(int missing, int needed) {
    avoided.values().removeIf(until -> !time.instant().isBefore(until));
    if (missing > 0 && !avoided.isEmpty() && waitsFor != null) {
      return;
    }
    waitsFor =
        missing == 0
            ? "copies are being made"
            : "%d of the %d holders that must sign cannot be reached%s"
                .formatted(missing, needed, because(holders.problems()));
  }

  private static String because(List<String> problems) {
    return problems.isEmpty() ? "" : ": " + String.join("; ", problems);
  }

  private @Nullable Receipt push(NodeId holder, List<BlockAddress> blocks) {
    try {
      return holders.push(holder, blocks);
    } catch (IOException e) {
      LOG.info("{} did not take {} blocks: {}", holder.brief(), blocks.size(), e.getMessage());
      avoided.put(holder, time.instant().plus(AVOID));
      synchronized (this) {
        waitsFor = "%s did not take the blocks: %s".formatted(holder.brief(), e.getMessage());
      }
      return null;
    }
  }
}
