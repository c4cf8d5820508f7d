package dotf.agent;

import dotf.agent.replica.Receipts;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.util.List;

/**
 * What removing a machine from the group would mean for this one.
 *
 * @param blocks of ours that it signed for, which then count there no longer
 * @param fewer of those, how many then have fewer copies than {@code copies} asks for
 * @param copies what the settings ask for
 */
public record RemovalPreview(long blocks, long fewer, int copies) {
  static RemovalPreview of(NodeId node, Device device, Receipts receipts) throws IOException {
    int copies = device.settings().get().copies();
    long[] blocks = new long[1];
    long[] fewer = new long[1];
    device
        .store()
        .ownBlocks(
            own -> {
              List<NodeId> holders = receipts.holders(own.address());
              if (holders.contains(node)) {
                blocks[0]++;
                fewer[0] += holders.size() - 1 < copies ? 1 : 0;
              }
            });
    return new RemovalPreview(blocks[0], fewer[0], copies);
  }
}
