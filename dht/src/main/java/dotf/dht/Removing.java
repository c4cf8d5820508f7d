package dotf.dht;

import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.security.SecureRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes members out of our group for good: others, or ourselves. */
final class Removing {
  private static final Logger LOG = LoggerFactory.getLogger(Removing.class);

  private final Membership membership;
  private final Mesh mesh;
  private final SecureRandom random;
  private final NodeListener listener;
  private final NewGroup newGroup;

  /** What is to be done in a new group first: our record must be in it. */
  @FunctionalInterface
  interface NewGroup {
    void begun() throws IOException;
  }

  Removing(
      Membership membership,
      Mesh mesh,
      SecureRandom random,
      NodeListener listener,
      NewGroup newGroup) {
    this.membership = membership;
    this.mesh = mesh;
    this.random = random;
    this.listener = listener;
    this.newGroup = newGroup;
  }

  void remove(NodeId node) throws IOException {
    if (!membership.others().contains(node)) {
      throw new IllegalArgumentException("not another member: " + node);
    }
    membership.remove(node);
    LOG.info("removed node {} from the group", node.brief());
    mesh.spread(null);
    mesh.end(node, "you were removed from the group");
    listener.membersChanged();
  }

  /**
   * First our removal is durable, then it is sent, then a new group takes the old one's place. A
   * crash before the last leaves us in the old group; as soon as a member refuses us, it knows, and
   * the rest is done.
   */
  void leave() throws IOException {
    if (!membership.isRemoved()) {
      membership.remove(membership.self());
      mesh.spread(null);
    }
    foundAnew();
  }

  /** A member would not have us: it knows now that we left, or has told us that we were removed. */
  void refused() {
    try {
      if (membership.hasLeft()) {
        foundAnew();
      } else {
        listener.membersChanged();
      }
    } catch (IOException e) {
      LOG.warn("could not leave the group: {}", e.getMessage());
    }
  }

  private void foundAnew() throws IOException {
    synchronized (this) {
      if (!membership.isRemoved()) {
        return;
      }
      mesh.endAll("it leaves the group");
      membership.foundAnew(random);
      newGroup.begun();
    }
    LOG.info("left the group for one of this node alone");
    listener.membersChanged();
  }
}
