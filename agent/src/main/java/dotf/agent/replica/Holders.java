package dotf.agent.replica;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.SealedBlock;
import dotf.dht.AuditItem;
import dotf.dht.group.Receipt;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * The holder port: the places other than this machine that keep blocks for us and sign for them.
 * Safe for use by many threads.
 */
public interface Holders {
  /** Every other holder ever admitted and not removed; reachable or not, also one that leaves. */
  List<NodeId> others();

  /** Those of {@link #others} that do not leave, in the order in which they should hold it. */
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
   * Has a holder read blocks that it signed for, and sign for them anew; blocks, with a limit.
   *
   * @return its word for those that it still has
   * @throws BlockMissingException when it has not one of them any more, and does not sign for the
   *     others without it
   * @throws IOException when it is unreachable
   */
  Receipt renew(NodeId holder, List<BlockAddress> blocks) throws IOException;

  /**
   * Has a holder prove that it has blocks, each by a leaf drawn at random (BEP 52); blocks, with a
   * limit.
   *
   * @param blocks at most 1,024, with their sealed lengths
   * @return those that it proved
   * @throws IOException when it is unreachable or fails, which says nothing about the blocks
   */
  Set<BlockAddress> audit(NodeId holder, List<AuditItem> blocks) throws IOException;

  /**
   * Has a holder keep blocks for some minutes, whatever it is asked meanwhile; blocks, with a
   * limit. See {@link dotf.dht.lock.Standing}.
   *
   * @param blocks at most 1,024
   * @return those that it keeps
   * @throws IOException when it is unreachable or fails; it may keep them all the same
   */
  Set<BlockAddress> lock(NodeId holder, List<BlockAddress> blocks) throws IOException;

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
