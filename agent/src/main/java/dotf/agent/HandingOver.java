package dotf.agent;

import dotf.dht.identity.NodeId;
import java.util.List;

/**
 * How far handing over what this machine holds for others has come.
 *
 * @param blocks held for other vaults of the group, a block of two vaults counted twice
 * @param left of those, how many have not enough other holders yet
 * @param owners whose they are, those with nothing left too
 */
public record HandingOver(long blocks, long left, List<Owner> owners) {
  /** Nothing is held for anybody. */
  static final HandingOver NOTHING = new HandingOver(0, 0, List.of());

  public HandingOver {
    owners = List.copyOf(owners);
  }

  /**
   * One vault that has blocks here.
   *
   * @param machines that act for it, or may: those not met since our start
   * @param connected whether one of them answers
   */
  public record Owner(List<NodeId> machines, boolean connected, long blocks, long left) {}
}
