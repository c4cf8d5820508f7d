package dotf.dht.lock;

import dotf.chunker.block.BlockAddress;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The locks of one node: those that it has given to others, and those that it asks for while copies
 * of its own go. All of it is in memory: what a crash forgets here, the rule of {@link Standing}
 * can do without. Safe for use by many threads.
 *
 * <p>A drop is {@link #ask}, then {@link #granted} for each holder that answers, {@link #go}, and
 * in any case {@link #end}.
 */
public final class BlockLocks {
  /** Blocks that may be locked for one node at a time. */
  public static final int GIVEN_MAX = 65_536;

  private final NodeId self;
  private final Presence here;
  private final LongSupplier nanos;
  private final InstantSource wall;
  private final long nanosAtStart;
  private final long wallAtStart;
  private final Map<BlockAddress, Standing> standings = new HashMap<>();
  private final Map<NodeId, Integer> given = new HashMap<>();
  private long swept;

  /** Whether this node has a block. */
  @FunctionalInterface
  public interface Presence {
    /** Asked while locks stand still, so it must not take long. */
    boolean has(BlockAddress block) throws IOException;
  }

  /**
   * @param nanos a monotonic clock
   * @param wall the clock on the wall, which shows that the machine has slept
   */
  public BlockLocks(NodeId self, Presence here, LongSupplier nanos, InstantSource wall) {
    this.self = self;
    this.here = here;
    this.nanos = nanos;
    this.wall = wall;
    this.nanosAtStart = nanos.getAsLong();
    this.wallAtStart = wall.millis();
  }

  /** Now, to be taken before a lock is asked for. */
  public Moment now() {
    long steady = (nanos.getAsLong() - nanosAtStart) / 1_000_000;
    return new Moment(steady, Math.max(steady, wall.millis() - wallAtStart));
  }

  /**
   * Locks blocks for another node, for {@link Standing#LIFE}.
   *
   * @return those that are here, do not go just now, and are within its {@link #GIVEN_MAX}
   */
  public synchronized Set<BlockAddress> lock(NodeId asker, List<BlockAddress> blocks)
      throws IOException {
    Moment now = now();
    sweep(now);
    Set<BlockAddress> locked = new LinkedHashSet<>();
    for (BlockAddress block : blocks) {
      Standing standing = standing(block, now);
      boolean known = standing.given().containsKey(asker);
      if (standing.mayGive(self, asker)
          && (known || given.getOrDefault(asker, 0) < GIVEN_MAX)
          && here.has(block)) {
        standings.put(block, standing.give(asker, now));
        locked.add(block);
        if (!known) {
          given.merge(asker, 1, Integer::sum);
        }
      }
    }
    return locked;
  }

  /** Begins to ask for locks on blocks; those that are locked for others or already go, stay. */
  public synchronized List<BlockAddress> ask(Collection<BlockAddress> blocks) {
    Moment now = now();
    List<BlockAddress> asked = new ArrayList<>();
    for (BlockAddress block : blocks) {
      Standing standing = standing(block, now);
      if (standing.isIdle()) {
        standings.put(block, standing.ask());
        asked.add(block);
      }
    }
    return asked;
  }

  /**
   * A holder has locked its copies.
   *
   * @param asked when it was asked to, by {@link #now} of this node
   */
  public synchronized void granted(NodeId holder, Collection<BlockAddress> blocks, Moment asked) {
    for (BlockAddress block : blocks) {
      standings.computeIfPresent(block, (_, standing) -> standing.grant(holder, asked));
    }
  }

  /** The blocks, of those asked for, whose local copies must go now or not at all. */
  public synchronized List<BlockAddress> go(Collection<BlockAddress> blocks, int copies) {
    Moment now = now();
    List<BlockAddress> go = new ArrayList<>();
    for (BlockAddress block : blocks) {
      Standing standing = standing(block, now);
      if (standing.mayGo(copies, now)) {
        standings.put(block, standing.go());
        go.add(block);
      }
    }
    return go;
  }

  /** The blocks, of those asked for, that enough others have locked; all of them stay. */
  public synchronized List<BlockAddress> kept(Collection<BlockAddress> blocks, int copies) {
    Moment now = now();
    return blocks.stream().filter(block -> standing(block, now).mayGo(copies, now)).toList();
  }

  /** These are gone, or stay after all. */
  public synchronized void end(Collection<BlockAddress> blocks) {
    for (BlockAddress block : blocks) {
      standings.computeIfPresent(
          block, (_, standing) -> standing.end().isIdle() ? null : standing.end());
    }
  }

  private Standing standing(BlockAddress block, Moment now) {
    return standings.getOrDefault(block, Standing.IDLE).at(now);
  }

  /** Forgets what has ended, now and then, so that the table holds nothing but what counts. */
  private void sweep(Moment now) {
    if (now.steady() - swept < Standing.USE) {
      return;
    }
    swept = now.steady();
    standings.replaceAll((_, standing) -> standing.at(now));
    standings.values().removeIf(Standing::isIdle);
    given.clear();
    for (Standing standing : standings.values()) {
      standing.given().keySet().forEach(node -> given.merge(node, 1, Integer::sum));
    }
  }
}
