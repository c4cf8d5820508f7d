package dotf.dht.store;

import dotf.dht.store.HostingRefusedException.Reason;

/** What the store may take, of what is on the disk and on its way there. */
final class Limits {
  private final StoreSettings settings;
  private final DiskUse use;
  private final HeldBlocks held;
  private final CommitQueue queue;

  Limits(StoreSettings settings, DiskUse use, HeldBlocks held, CommitQueue queue) {
    this.settings = settings;
    this.use = use;
    this.held = held;
    this.queue = queue;
  }

  /** Whether a block of so many sealed bytes fits into the store. */
  void checkLimit(int size) throws StoreFullException {
    long used;
    synchronized (use) {
      used = use.total() + queue.bytes()[0];
    }
    if (used + Entry.recordBytes(size) > settings.limit()) {
      throw new StoreFullException(
          "The store has reached its limit of "
              + settings.limit()
              + " bytes: raise store.limit, or free space in it.");
    }
  }

  /** Whether a block of others of so many sealed bytes may be taken. */
  void checkOffer(int size) throws HostingRefusedException {
    long hosted;
    synchronized (use) {
      hosted = held.counts().hostedBytes() + queue.bytes()[1];
    }
    if (hosted + size > settings.offer()) {
      throw new HostingRefusedException(
          Reason.QUOTA, "The " + settings.offer() + " bytes that this node offers are used up.");
    }
    try {
      checkLimit(size);
    } catch (StoreFullException e) {
      throw new HostingRefusedException(Reason.FULL, String.valueOf(e.getMessage()));
    }
  }
}
