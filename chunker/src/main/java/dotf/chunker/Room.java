package dotf.chunker;

/**
 * Places for chunks in memory, shared by all files that are read at the same time. Safe for use by
 * many threads.
 */
final class Room {
  private final int bound;
  private int inUse;
  private int mostInUse;

  Room(int bound) {
    this.bound = bound;
  }

  /** Takes a place if there is one, or in any case: so that nobody waits for somebody else's. */
  synchronized boolean take(boolean inAnyCase) {
    if (inUse >= bound && !inAnyCase) {
      return false;
    }
    inUse++;
    mostInUse = Math.max(mostInUse, inUse);
    return true;
  }

  synchronized void giveBack() {
    inUse--;
  }

  synchronized int inUse() {
    return inUse;
  }

  /** The most that were ever taken at once. */
  synchronized int mostInUse() {
    return mostInUse;
  }
}
