package dotf.agent;

import dotf.chunker.block.BlockAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One pinned hash.
 *
 * @param name the file's path, or what is known of a user's pin
 * @param size plaintext bytes
 * @param blocks number of blocks, manifest-level blocks counted
 * @param copies other holders, the minimum over its blocks
 * @param lastProved when a holder last signed for one of its blocks, or null
 * @param blockList every block; empty unless asked for
 */
public record PinRow(
    BlockAddress hash,
    Kind kind,
    String name,
    long size,
    long blocks,
    int copies,
    @Nullable Instant lastProved,
    List<Block> blockList) {

  public PinRow {
    blockList = List.copyOf(blockList);
  }

  /** Whose promise it is. */
  public enum Kind {
    FILE,
    SHARE,
    USER
  }

  /**
   * A block under a pin.
   *
   * @param size plaintext bytes
   * @param holders NodeIds, 64 hex digits each
   */
  public record Block(BlockAddress hash, long size, int copies, List<String> holders) {
    public Block {
      holders = List.copyOf(holders);
    }
  }
}
