package dotf.dht;

import dotf.chunker.block.BlockAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one peer has locked here: counted, so that it cannot lock without bound, and with the order
 * of the LOCK, so that an UNLOCK that was overtaken on its way does not end a newer promise. For
 * one thread at a time; time is passed in, in nanoseconds of a monotonic clock.
 */
final class PeerLocks {
  /** Blocks that one peer may have locked at a time. */
  static final int MAX = 65_536;

  private static final long BEYOND_LOSS = Duration.ofMinutes(10).toNanos();

  private final Map<BlockAddress, Promise> promises = new HashMap<>();
  private int losses;
  private long lastLoss;

  /** Made after so many losses of the connection. */
  private record Promise(long order, int losses) {}

  /** Notes that these are to be locked; those for which there is room. */
  List<BlockAddress> begin(List<BlockAddress> asked, long order, long now) {
    if (losses > 0 && now - lastLoss > BEYOND_LOSS) {
      promises.values().removeIf(promise -> promise.losses < losses);
    }
    List<BlockAddress> begun = new ArrayList<>();
    for (BlockAddress address : asked) {
      if (promises.size() < MAX || promises.containsKey(address)) {
        promises.merge(
            address,
            new Promise(order, losses),
            (a, b) -> new Promise(Math.max(a.order, b.order), losses));
        begun.add(address);
      }
    }
    return begun;
  }

  /** Of those that {@link #begin} told, only these were locked. */
  void locked(List<BlockAddress> begun, Set<BlockAddress> kept) {
    begun.stream().filter(address -> !kept.contains(address)).forEach(promises::remove);
  }

  /** Forgets what is to be unlocked, and tells it: all but what a later LOCK asked for. */
  List<BlockAddress> end(List<BlockAddress> asked, long order) {
    List<BlockAddress> ended = new ArrayList<>();
    for (BlockAddress address : asked) {
      Promise promise = promises.get(address);
      if (promise == null || promise.order < order) {
        promises.remove(address);
        ended.add(address);
      }
    }
    return ended;
  }

  /** The peer is not connected any more. */
  void lost(long now) {
    losses++;
    lastLoss = now;
  }

  /** How many are counted. */
  int size() {
    return promises.size();
  }
}
