package dotf.dht;

import dotf.chunker.block.BlockAddress;
import dotf.dht.group.HeadRecord;
import dotf.dht.identity.NodeId;
import java.util.BitSet;
import java.util.List;

/** Hears what happens on the network. Called on workers, several at a time; may wait. */
public interface NodeListener {
  /** A member is connected now. */
  default void connected(NodeId node) {}

  /** A member is not connected any more. */
  default void disconnected(NodeId node) {}

  /**
   * Somebody was admitted or removed, we ourselves perhaps, or a member's offer, store, addresses
   * or wish to leave changed.
   */
  default void membersChanged() {}

  /**
   * A member that leaves asks which of our vault's blocks it need not hold any longer.
   *
   * @return bit i: block i; a bit once given may not be relied on to stay
   */
  default BitSet handover(NodeId node, List<BlockAddress> addresses) {
    return new BitSet();
  }

  /** A newer head of some device arrived, of whatever vault. */
  default void headChanged(HeadRecord head) {}
}
