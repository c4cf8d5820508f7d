package dotf.dht.group;

import dotf.dht.identity.NodeId;
import java.time.Instant;
import java.util.List;

/**
 * A ticket that this node has issued, without what would let anybody use it.
 *
 * @param id the first 8 hex digits of the token's SHA-256
 * @param uses how many nodes may join with it
 * @param users the nodes that joined with it, in order
 */
public record IssuedTicket(
    String id, int uses, List<NodeId> users, Instant expiry, boolean revoked) {
  /** Whether it can still be used, and if not why. */
  public enum State {
    OPEN,
    USED_UP,
    EXPIRED,
    REVOKED
  }

  public IssuedTicket {
    users = List.copyOf(users);
  }

  /** Nodes that may still join with it, while it is open. */
  public int left() {
    return uses - users.size();
  }

  /** How it stands with it. */
  public State state(Instant now) {
    if (revoked) {
      return State.REVOKED;
    }
    if (!now.isBefore(expiry)) {
      return State.EXPIRED;
    }
    return left() == 0 ? State.USED_UP : State.OPEN;
  }
}
