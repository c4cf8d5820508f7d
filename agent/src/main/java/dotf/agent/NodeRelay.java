package dotf.agent;

import dotf.chunker.block.BlockAddress;
import dotf.dht.NodeListener;
import dotf.dht.group.HeadRecord;
import dotf.dht.identity.NodeId;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The listener that a node is opened with before its agent exists; hands everything on once the
 * agent is there.
 */
public final class NodeRelay implements NodeListener {
  private volatile @Nullable NodeListener target;

  /** From now on {@code listener} hears it all. */
  void to(NodeListener listener) {
    target = listener;
  }

  @Override
  public void connected(NodeId node) {
    NodeListener known = target;
    if (known != null) {
      known.connected(node);
    }
  }

  @Override
  public void disconnected(NodeId node) {
    NodeListener known = target;
    if (known != null) {
      known.disconnected(node);
    }
  }

  @Override
  public void membersChanged() {
    NodeListener known = target;
    if (known != null) {
      known.membersChanged();
    }
  }

  @Override
  public BitSet handover(NodeId node, List<BlockAddress> addresses) {
    NodeListener known = target;
    return known == null ? new BitSet() : known.handover(node, addresses);
  }

  @Override
  public void headChanged(HeadRecord head) {
    NodeListener known = target;
    if (known != null) {
      known.headChanged(head);
    }
  }
}
