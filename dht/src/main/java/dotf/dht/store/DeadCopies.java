package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Set;

/**
 * Blocks of which a segment holds a copy that serves nobody any more: dropped, or followed by a
 * newer one. They wait here until the space is given back. A hint: whoever does that looks for
 * himself what is dead. Safe for use by many threads.
 */
final class DeadCopies {
  /** The next start looks for what is too much to be remembered. */
  private static final int WAITING_MAX = 1 << 16;

  private final Map<Integer, Set<BlockAddress>> bySegment = new HashMap<>();
  private int waiting;
  private boolean forgotten;

  synchronized void add(int segment, BlockAddress address) {
    if (waiting == WAITING_MAX) {
      forgotten = true;
    } else if (bySegment.computeIfAbsent(segment, any -> new HashSet<>()).add(address)) {
      waiting++;
    }
  }

  /** Hands over what waits in the segments up to this one. */
  synchronized Map<Integer, Set<BlockAddress>> take(int last) {
    Map<Integer, Set<BlockAddress>> taken = new HashMap<>();
    Iterator<Map.Entry<Integer, Set<BlockAddress>>> all = bySegment.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Integer, Set<BlockAddress>> next = all.next();
      if (next.getKey() <= last) {
        taken.put(next.getKey(), next.getValue());
        waiting -= next.getValue().size();
        all.remove();
      }
    }
    return taken;
  }

  /** The segments up to this one need nothing. */
  synchronized void forget(int last) {
    Map<Integer, Set<BlockAddress>> _ = take(last);
  }

  /** Whether nothing waits, or ever was too much, in the segments up to this one. */
  synchronized boolean settled(int last) {
    return !forgotten && bySegment.keySet().stream().noneMatch(segment -> segment <= last);
  }
}
