package dotf.agent.replica;

import dotf.chunker.block.BlockAddress;
import dotf.dht.group.Receipt;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.util.List;

/**
 * The holder port: the places other than this machine that keep blocks for us and sign for them.
 * Safe for use by many threads.
 */
public interface Holders {
  /** Every other holder ever admitted and not removed, reachable or not. */
  List<NodeId> others();

  /** {@link #others} in the order in which they should hold this block, best first. */
  List<NodeId> ranked(BlockAddress block);

  /** Whether a push to this holder could succeed now. */
  boolean reachable(NodeId holder);

  /**
   * Whether what this holder signed for this store still counts: false once it was seen with
   * another one, since its store was then made anew.
   */
  boolean vouches(NodeId holder, StoreId store);

  /**
   * Hands blocks of the local store to a holder; blocks, with a limit.
   *
   * @return the holder's signed word that all of them are on its disk
   * @throws IOException when it is unreachable, refuses (full, over quota) or fails
   */
  Receipt push(NodeId holder, List<BlockAddress> blocks) throws IOException;
}
