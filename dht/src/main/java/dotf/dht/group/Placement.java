package dotf.dht.group;

import dotf.chunker.block.BlockAddress;
import dotf.dht.identity.NodeId;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * Where a group's blocks go: weighted rendezvous hashing. A node's score for a block is -ln(u)/w,
 * with u in (0, 1] from SHA-256(node ‖ block) and w its offered bytes; the lowest scores hold it.
 * So each node's share is as its weight, and one node more or less moves only its own share.
 * (Schindelhauer and Schomaker, "Weighted distributed hash tables", SPAA 2005.)
 */
public final class Placement {
  private Placement() {}

  /** The nodes in the order in which they should hold the block; nodes that offer nothing last. */
  public static List<NodeId> order(BlockAddress block, Map<NodeId, Long> offers) {
    record Scored(NodeId node, double score) {}
    byte[] address = block.bytes();
    return offers.entrySet().stream()
        .map(e -> new Scored(e.getKey(), score(e.getKey(), address, e.getValue())))
        .sorted(Comparator.comparingDouble(Scored::score).thenComparing(Scored::node))
        .map(Scored::node)
        .toList();
  }

  private static double score(NodeId node, byte[] address, long offer) {
    if (offer <= 0) {
      return Double.POSITIVE_INFINITY;
    }
    // 53 bits, plus one so that u is never 0 and its logarithm always finite.
    double u = ((first64(node, address) >>> 11) + 1) * 0x1p-53;
    return -Math.log(u) / offer;
  }

  private static long first64(NodeId node, byte[] address) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(node.bytes());
      return ByteBuffer.wrap(sha256.digest(address)).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
