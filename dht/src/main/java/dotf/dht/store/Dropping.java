package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.dht.store.Batch.Item;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Ends claims on blocks, and gives the space back of those that nobody claims any more. */
final class Dropping {
  private static final int SLICE_BLOCKS = 1000;
  private static final int SLICE_GROWTH = 4;

  private final CommitQueue queue;
  private final HeldBlocks held;
  private final Reclaiming reclaiming;

  Dropping(CommitQueue queue, HeldBlocks held, Reclaiming reclaiming) {
    this.queue = queue;
    this.held = held;
    this.reclaiming = reclaiming;
  }

  /**
   * Ends these claimants' claims on all blocks; durable on return.
   *
   * @return the sealed bytes of the blocks that nobody claims any more
   * @throws StoreFullException when the disk has no room for even one record; what was ended before
   *     stays ended
   */
  long end(List<BlockAddress> addresses, Id... claimants) throws IOException {
    long bytes = 0;
    int from = 0;
    int size = SLICE_BLOCKS;
    while (from < addresses.size()) {
      int to = Math.min(from + size, addresses.size());
      try {
        bytes += endSlice(addresses.subList(from, to), claimants);
        from = to;
        size = Math.min(size * SLICE_GROWTH, SLICE_BLOCKS);
      } catch (StoreFullException e) {
        if (size == 1) {
          throw e;
        }
        // One record may fit where a thousand do not, and then its block makes room for more.
        size = 1;
      } finally {
        reclaiming.run();
      }
    }
    return bytes;
  }

  private long endSlice(List<BlockAddress> addresses, Id... claimants) throws IOException {
    Map<BlockAddress, Integer> sizes = new HashMap<>();
    Set<Batch> batches = new LinkedHashSet<>();
    for (BlockAddress address : addresses) {
      // In this order: what leaves the queue meanwhile is known by then.
      boolean coming = queue.find(address) != null;
      Held now = held.of(address);
      if (now.place() != null) {
        sizes.put(address, now.place().length());
      }
      for (Id claimant : claimants) {
        if (now.claims().containsKey(claimant) || (coming && claimant.equals(Id.NONE))) {
          Item end = Item.of(Entry.Type.TOMBSTONE, address, claimant, 0, ByteBuffer.allocate(0));
          batches.add(queue.add(end));
        }
      }
    }
    List<Batch> _ = queue.unwritten();
    for (Batch batch : batches) {
      long _ = batch.await();
    }
    long bytes = 0;
    for (Map.Entry<BlockAddress, Integer> block : sizes.entrySet()) {
      bytes += held.of(block.getKey()).place() == null ? block.getValue() : 0;
    }
    return bytes;
  }
}
