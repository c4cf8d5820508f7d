package dotf.agent;

import dotf.chunker.block.BlockAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who holds a file, or a hash that the user pinned.
 *
 * @param path null for a hash that no file here has
 * @param here whether every block is also in this machine's store
 * @param blocks how many blocks the file has, manifest-level blocks counted
 * @param copies other holders, the minimum over its blocks
 */
public record Holding(
    @Nullable Path path,
    BlockAddress hash,
    boolean here,
    long blocks,
    int copies,
    List<Holder> holders) {

  public Holding {
    holders = List.copyOf(holders);
  }

  /**
   * A holder with a valid receipt.
   *
   * @param node NodeId, 64 hex digits
   * @param directory where it holds them, or null when it is another node
   * @param blocks how many of the file's blocks it signed for
   * @param lastProved when it last did
   */
  public record Holder(
      String node, @Nullable Path directory, long blocks, @Nullable Instant lastProved) {}
}
