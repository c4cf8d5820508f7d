package dotf.dht;

import dotf.chunker.block.BlockAddress;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Locks what is in a node's store and writes down what is not as the port promises: too many at a
 * time, one block twice, two calls for one asker at a time.
 */
final class MemoryLocks implements LockKeeper {
  final Set<String> violations = ConcurrentHashMap.newKeySet();
  private final TestNode node;
  private final Set<NodeId> busy = ConcurrentHashMap.newKeySet();
  private final Map<NodeId, Set<BlockAddress>> locked = new HashMap<>();
  private final Map<NodeId, Set<BlockAddress>> passing = new HashMap<>();

  MemoryLocks(TestNode node) {
    this.node = node;
  }

  @Override
  public Set<BlockAddress> lock(NodeId asker, List<BlockAddress> blocks) throws IOException {
    begin(asker, blocks);
    try {
      Set<BlockAddress> kept = new HashSet<>();
      for (BlockAddress block : blocks) {
        if (node.host.contains(block)) {
          kept.add(block);
        }
      }
      synchronized (this) {
        of(locked, asker).addAll(kept);
        of(passing, asker).removeAll(kept);
      }
      return kept;
    } finally {
      busy.remove(asker);
    }
  }

  @Override
  public void unlock(NodeId asker, List<BlockAddress> blocks) {
    begin(asker, blocks);
    synchronized (this) {
      blocks.forEach(of(locked, asker)::remove);
      blocks.forEach(of(passing, asker)::remove);
    }
    busy.remove(asker);
  }

  @Override
  public synchronized void disconnected(NodeId asker) {
    check(busy.add(asker), "disconnected while something is under way");
    of(passing, asker).addAll(of(locked, asker));
    of(locked, asker).clear();
    busy.remove(asker);
  }

  private void begin(NodeId asker, List<BlockAddress> blocks) {
    check(busy.add(asker), "two calls at a time");
    check(blocks.size() <= DhtNode.BATCH_MAX, "too many blocks");
  }

  private void check(boolean holds, String violation) {
    if (!holds) {
      violations.add(violation);
    }
  }

  private static Set<BlockAddress> of(Map<NodeId, Set<BlockAddress>> map, NodeId asker) {
    return map.computeIfAbsent(asker, any -> new HashSet<>());
  }

  /** Kept until they are unlocked or the connection ends. */
  synchronized Set<BlockAddress> locked(NodeId asker) {
    return Set.copyOf(of(locked, asker));
  }

  /** Kept ten minutes more. */
  synchronized Set<BlockAddress> passing(NodeId asker) {
    return Set.copyOf(of(passing, asker));
  }
}
