package dotf.agent;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockKind;
import dotf.chunker.block.BlockSource;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.codec.BlockCodec;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers a holder that leaves: a block of ours need not stay there once enough others hold it. The
 * rest is fetched back where it is not here, and sent elsewhere.
 */
final class Release {
  private static final Logger LOG = LoggerFactory.getLogger(Release.class);

  private final Device device;
  private final GroupHolders holders;
  private final BlockCodec codec;
  private final BlockSource fleeting;
  private boolean sending;

  /**
   * @param fleeting the store, then the holders; what they give is not kept by itself
   */
  Release(Device device, GroupHolders holders, BlockCodec codec, BlockSource fleeting) {
    this.device = device;
    this.holders = holders;
    this.codec = codec;
    this.fleeting = fleeting;
  }

  /** Which of the blocks a node that leaves need not hold any longer: bit i for block i. */
  BitSet of(NodeId node, List<BlockAddress> blocks) {
    BitSet released = new BitSet(blocks.size());
    if (!holders.leaves(node)) {
      // Its receipts still count, so nothing can be said yet.
      return released;
    }
    List<BlockAddress> lacking = new ArrayList<>();
    try {
      for (int i = 0; i < blocks.size(); i++) {
        if (isSafeWithout(blocks.get(i))) {
          released.set(i);
        } else {
          lacking.add(blocks.get(i));
        }
      }
    } catch (IOException e) {
      LOG.warn("cannot tell what {} need not hold: {}", node.brief(), e.getMessage());
    }
    if (!lacking.isEmpty()) {
      send(lacking);
    }
    return released;
  }

  /** As many others as the settings ask for; or, where there are fewer, all of them and we. */
  private boolean isSafeWithout(BlockAddress block) throws IOException {
    return device.replicator().isSafe(block)
        || (device.replicator().isPlaced(block) && device.store().contains(block));
  }

  /** One batch at a time: the holder asks again and again. */
  private void send(List<BlockAddress> blocks) {
    synchronized (this) {
      if (sending) {
        return;
      }
      sending = true;
    }
    device
        .blocking()
        .execute(
            () -> {
              try {
                blocks.forEach(this::bringBack);
                device.store().commit();
                device.replicator().wanted(blocks);
              } catch (IOException e) {
                LOG.warn("what was brought back is not on the disk: {}", e.getMessage());
              } finally {
                synchronized (this) {
                  sending = false;
                }
              }
            });
  }

  private void bringBack(BlockAddress address) {
    try {
      if (device.store().contains(address)) {
        return;
      }
      SealedBlock block = fleeting.read(address);
      if (isOurs(block) && device.space().available() > block.size()) {
        device.store().put(block, null);
      } else {
        LOG.warn("block {} is not brought back: not ours, or no space", address);
      }
    } catch (IOException e) {
      LOG.warn("block {} is not brought back: {}", address, e.getMessage());
    }
  }

  /** Whoever leaves could name what is not ours, to fill our disk. */
  private boolean isOurs(SealedBlock block) throws IOException {
    for (BlockKind kind : BlockKind.values()) {
      try {
        var _ = codec.open(block, kind);
        return true;
      } catch (BlockCorruptException anotherKind) {
        LOG.trace("block {} is no {}", block.address(), kind);
      }
    }
    return false;
  }
}
