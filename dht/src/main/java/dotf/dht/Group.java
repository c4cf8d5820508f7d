package dotf.dht;

import dotf.dht.group.GroupId;
import java.util.List;

/**
 * Our group.
 *
 * @param others every member ever admitted and not removed, but us; connected or not
 */
public record Group(GroupId id, List<Member> others) {
  /** Whether we are its only member. */
  public boolean isAlone() {
    return others.isEmpty();
  }
}
