package dotf.dht;

import dotf.chunker.block.BlockAddress;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Who may have a copy kept here for it while its own goes. A lock is this node's promise to keep a
 * block until the asker unlocks it, or ten minutes beyond the end of the last connection with it,
 * by a monotonic clock. Calls for one asker come one after the other, those for several at a time;
 * every call is on a worker and may wait.
 */
public interface LockKeeper {
  /** Promises nothing to anybody. */
  LockKeeper NONE =
      new LockKeeper() {
        @Override
        public Set<BlockAddress> lock(NodeId asker, List<BlockAddress> blocks) {
          return Set.of();
        }

        @Override
        public void unlock(NodeId asker, List<BlockAddress> blocks) {}

        @Override
        public void disconnected(NodeId asker) {}
      };

  /**
   * Which of these blocks are promised to be kept for this node until it unlocks them. Only a block
   * that is on this node's own disk may be; one that is locked already stays so.
   *
   * @param asker a member of the group
   * @param blocks 0 to {@link DhtNode#BATCH_MAX}
   * @throws IOException when it cannot be told; those that were locked may stay locked
   */
  Set<BlockAddress> lock(NodeId asker, List<BlockAddress> blocks) throws IOException;

  /** Ends the promise for these blocks; those that are not locked for this node are passed over. */
  void unlock(NodeId asker, List<BlockAddress> blocks);

  /**
   * The last connection with this node has ended: its locks last ten minutes more. May come again,
   * and for a node that has no locks.
   */
  void disconnected(NodeId asker);
}
