package dotf.dht;

import dotf.dht.group.HeadRecord;
import dotf.dht.identity.NodeId;

/** Hears what happens on the network. Called on workers, several at a time; may wait. */
public interface NodeListener {
  /** A member is connected now. */
  default void connected(NodeId node) {}

  /** A member is not connected any more. */
  default void disconnected(NodeId node) {}

  /** Somebody was admitted, or a member's offer, store or addresses changed. */
  default void membersChanged() {}

  /** A newer head of some device arrived, of whatever vault. */
  default void headChanged(HeadRecord head) {}
}
