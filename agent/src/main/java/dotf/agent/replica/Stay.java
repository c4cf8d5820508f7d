package dotf.agent.replica;

/** Why a block stays in the local store, although its space was asked for. */
public enum Stay {
  /**
   * Whoever loses this machine, and has not written the words down, loses what only others hold.
   */
  PHRASE("the recovery phrase is not confirmed; run dotf phrase --confirm"),
  /** Freeing is paused. */
  PAUSED("freeing is paused; run dotf resume"),
  /** This machine is leaving its group, and brings its blocks home. */
  LEAVING("this machine is leaving its group"),
  /** The store's disk failed. */
  STORE("the store's disk failed; run dotf verify --deep"),
  /** No number of copies would do. */
  NONE_ASKED("copies is 0, so nobody else is to hold it; set copies = 1 or more"),
  /** Fewer other holders exist than are asked for. */
  FEW(
      "there are fewer other holders than copies asks for; invite a machine, add a directory"
          + " with dotf holder add, or lower copies"),
  /** Not enough have signed for it. */
  COPIES("not enough holders have signed for it yet"),
  /** Those who signed are not there. */
  UNREACHABLE("its holders cannot be reached now"),
  /** A holder did not prove that it has it, or did not lock it. */
  UNPROVED("a holder could not prove just now that it keeps it"),
  /** Another machine relies on the copy here. */
  LOCKED("another machine relies on the copy here for some minutes"),
  /** The user's own promise. */
  PINNED("pinned here; see dotf pins");

  private final String words;

  Stay(String words) {
    this.words = words;
  }

  /** In words, with what to do about it; without a full stop. */
  public String words() {
    return words;
  }
}
