package dotf.dht;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.LeafProof;

/**
 * A block that a holder is to prove.
 *
 * @param length of the sealed block in bytes, as the asker knows it: what a holder says about it
 *     would prove nothing
 */
public record AuditItem(BlockAddress address, int length) {
  /** Throws {@link IllegalArgumentException} for a length that no block has. */
  public AuditItem {
    int _ = LeafProof.leaves(length);
  }
}
