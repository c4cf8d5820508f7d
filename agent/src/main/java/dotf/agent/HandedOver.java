package dotf.agent;

import dotf.chunker.block.BlockAddress;
import dotf.dht.lock.BlockLocks;
import dotf.dht.store.BlockStore;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one vault has here, and which of it that vault still wants here. Not safe for many threads.
 */
final class HandedOver {
  /** Blocks that are remembered as wanted; beyond that all of them are. */
  private static final int WANTED_MAX = 65_536;

  /** Blocks whose leases are ended together. */
  private static final int BATCH = 65_536;

  private final String owner;
  private @Nullable Set<BlockAddress> wanted = new HashSet<>();

  /**
   * @param owner the public vault key in hex
   */
  HandedOver(String owner) {
    this.owner = owner;
  }

  /** The owner has not said that this block need not be here. */
  void keep(BlockAddress block) {
    if (wanted != null) {
      wanted.add(block);
      wanted = wanted.size() > WANTED_MAX ? null : wanted;
    }
  }

  /**
   * Ends the owner's leases on what it does not want here, but for what is locked for another: we
   * must have left its group, so that nothing is wanted or locked anew.
   *
   * @param now leases that ended before were not looked at, and stay
   * @return how many leases were ended
   */
  long giveBack(BlockStore store, BlockLocks locks, Instant now) throws IOException {
    Set<BlockAddress> stay = wanted == null ? null : new HashSet<>(wanted);
    long ended = 0;
    List<BlockAddress> batch = stay == null ? List.of() : next(store, stay, now);
    while (stay != null && !batch.isEmpty()) {
      List<BlockAddress> free = locks.ask(batch);
      try {
        long _ = store.release(free, HexFormat.of().parseHex(owner));
      } finally {
        locks.end(free);
      }
      ended += free.size();
      batch.removeAll(Set.copyOf(free));
      stay.addAll(batch);
      batch = next(store, stay, now);
    }
    return ended;
  }

  private List<BlockAddress> next(BlockStore store, Set<BlockAddress> stay, Instant now)
      throws IOException {
    List<BlockAddress> next = new ArrayList<>();
    store.hostedBlocks(
        block -> {
          if (next.size() < BATCH
              && block.owner().equals(owner)
              && block.until().isAfter(now)
              && !stay.contains(block.address())) {
            next.add(block.address());
          }
        });
    return next;
  }
}
