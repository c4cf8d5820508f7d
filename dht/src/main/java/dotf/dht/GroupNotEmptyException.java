package dotf.dht;

import java.io.IOException;

/** Joining would leave a group that has other members. */
public final class GroupNotEmptyException extends IOException {
  private static final long serialVersionUID = 1L;

  GroupNotEmptyException(int others) {
    super(
        "this node is in a group with "
            + others
            + " other "
            + (others == 1 ? "member" : "members")
            + "; leave it first");
  }
}
