package dotf.dht.lock;

import dotf.dht.identity.NodeId;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How one block stands on one node: whether the node wants to let its copy go, which others have
 * locked theirs for it meanwhile, and for whom it has locked its own. Immutable, and pure: all that
 * the rule knows of time and of other nodes is passed in.
 *
 * <p>The rule: a copy goes only while as many other nodes as are asked for keep theirs under a lock
 * that was asked for at most {@link #USE} ago, and while it is itself locked for nobody; a copy
 * that is going is locked for nobody any more. Of two nodes that ask each other at once, the one
 * with the lower id is given the lock. A lock outlasts its use by ten minutes, whatever becomes of
 * the connection, so that none needs to be given back. It is the locked copy of git-annex
 * (Annex.NumCopies), asked of all that are counted and not of one.
 *
 * @param phase what the node is about to do
 * @param granted who has locked its copy for this node, and when it was asked to
 * @param given for whom this node has locked its own copy, and when that lock ends
 */
public record Standing(
    Phase phase, SortedMap<NodeId, Long> granted, SortedMap<NodeId, Long> given) {
  /** How long a lock is relied on, from the moment that it was asked for. In milliseconds. */
  public static final long USE = 2 * 60_000;

  /** How long a lock holds, from the moment that it was given. In milliseconds. */
  public static final long LIFE = USE + 10 * 60_000;

  /** Nobody wants anything. */
  public static final Standing IDLE = new Standing(Phase.KEEPING, new TreeMap<>(), new TreeMap<>());

  /** What a node is about to do with its copy. */
  public enum Phase {
    /** To keep it. */
    KEEPING,
    /** To let it go, once enough others have locked theirs. */
    ASKING,
    /** It goes now. */
    GOING
  }

  /** Whether nothing has to be remembered. */
  public boolean isIdle() {
    return phase == Phase.KEEPING && given.isEmpty();
  }

  /** Whether this node, which has the block, may lock it for another. */
  public boolean mayGive(NodeId self, NodeId asker) {
    return switch (phase) {
      case KEEPING -> true;
      case ASKING -> asker.compareTo(self) < 0;
      case GOING -> false;
    };
  }

  /** It is locked for another from now on. */
  public Standing give(NodeId asker, Moment now) {
    return new Standing(phase, granted, with(given, asker, now.steady() + LIFE));
  }

  /** The node wants to let it go, and asks for locks. */
  public Standing ask() {
    return new Standing(Phase.ASKING, new TreeMap<>(), given);
  }

  /** Another has locked its copy; passed over when this node no longer asks. */
  public Standing grant(NodeId holder, Moment asked) {
    return phase == Phase.ASKING
        ? new Standing(phase, with(granted, holder, asked.elapsed()), given)
        : this;
  }

  /**
   * Whether the copy may go now.
   *
   * @param copies how many others must keep theirs; at least 1
   */
  public boolean mayGo(int copies, Moment now) {
    return phase == Phase.ASKING
        && given.isEmpty()
        && copies > 0
        && granted.values().stream().filter(asked -> now.elapsed() - asked <= USE).count()
            >= copies;
  }

  /** It goes. */
  public Standing go() {
    return new Standing(Phase.GOING, granted, given);
  }

  /** It is gone, or stays after all. */
  public Standing end() {
    return new Standing(Phase.KEEPING, new TreeMap<>(), given);
  }

  /** Without the locks that have ended. */
  public Standing at(Moment now) {
    if (given.values().stream().allMatch(end -> now.steady() <= end)) {
      return this;
    }
    SortedMap<NodeId, Long> left = new TreeMap<>(given);
    left.values().removeIf(end -> now.steady() > end);
    return new Standing(phase, granted, left);
  }

  private static SortedMap<NodeId, Long> with(SortedMap<NodeId, Long> map, NodeId node, long when) {
    SortedMap<NodeId, Long> more = new TreeMap<>(map);
    more.put(node, when);
    return more;
  }
}
