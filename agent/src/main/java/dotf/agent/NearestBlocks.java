package dotf.agent;

import dotf.agent.replica.Holders;
import dotf.agent.replica.Receipts;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.BlockSource;
import dotf.chunker.block.SealedBlock;
import dotf.dht.identity.NodeId;
import dotf.dht.store.BlockStore;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocks from the local store, else from those who signed for them, else from anybody; what had to
 * be fetched is kept when asked to.
 */
final class NearestBlocks implements BlockSource {
  private static final Logger LOG = LoggerFactory.getLogger(NearestBlocks.class);

  private final BlockStore store;
  private final Holders holders;
  private final Receipts receipts;
  private final Predicate<BlockAddress> keep;

  /**
   * @param keep whether a block that had to be fetched is kept in the store
   */
  NearestBlocks(
      BlockStore store, Holders holders, Receipts receipts, Predicate<BlockAddress> keep) {
    this.store = store;
    this.holders = holders;
    this.receipts = receipts;
    this.keep = keep;
  }

  @Override
  public SealedBlock read(BlockAddress address) throws IOException {
    try {
      return store.read(address);
    } catch (BlockMissingException e) {
      SealedBlock fetched = fetch(address);
      if (keep.test(address)) {
        keep(fetched);
      }
      return fetched;
    } catch (BlockCorruptException e) {
      LOG.warn("{}; it is fetched from a holder", e.getMessage());
      SealedBlock fetched = fetch(address);
      mend(fetched);
      return fetched;
    }
  }

  /** A store that takes nothing now is no reason not to restore. */
  private void mend(SealedBlock good) {
    try {
      store.replaceDamaged(good);
    } catch (IOException e) {
      LOG.warn("block {} stays damaged here: {}", good.address(), e.getMessage());
    }
  }

  private SealedBlock fetch(BlockAddress address) throws IOException {
    List<NodeId> signed = receipts.holders(address);
    try {
      return holders.fetch(address, signed);
    } catch (BlockMissingException e) {
      List<String> away =
          signed.stream().filter(one -> !holders.reachable(one)).map(NodeId::brief).toList();
      List<String> problems = holders.problems();
      throw away.isEmpty()
          ? e
          : new BlockMissingException(
              address,
              "a block of it is on %s, which cannot be reached now%s"
                  .formatted(
                      String.join(", ", away),
                      problems.isEmpty() ? "" : "; " + String.join("; ", problems)));
    }
  }

  /** A full store is no reason not to restore. */
  private void keep(SealedBlock block) {
    try {
      store.put(block, null);
    } catch (IOException e) {
      LOG.debug("block {} was fetched and not kept: {}", block.address(), e.getMessage());
    }
  }
}
