package dotf.agent.replica;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.SealedBlock;
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
   * @return the holder's signed word for those that are on its disk: all of them, or, of a holder
   *     that became full on the way, at least one
   * @throws IOException when it is unreachable, refuses (full, over quota) or fails
   */
  Receipt push(NodeId holder, List<BlockAddress> blocks) throws IOException;

  /**
   * Gets a block back, from whoever has it; blocks, with a limit. Its address is checked.
   *
   * @param likely those who signed for it; may be empty
   * @throws dotf.chunker.block.BlockMissingException when nobody who can be reached now has it
   */
  SealedBlock fetch(BlockAddress block, List<NodeId> likely) throws IOException;

  /** Why holders cannot be reached, a sentence each, where it can be told. */
  List<String> problems();
}
