package dotf.dht.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dotf.chunker.block.BlockAddress;
import dotf.dht.identity.NodeId;
import dotf.fixtures.Seed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PlacementTest {
  private final Random random = Seed.random("placement");

  @Test
  void order_aNodeMore_movesOnlyToIt() {
    Map<NodeId, Long> before = nodes(5);
    Map<NodeId, Long> after = new HashMap<>(before);
    NodeId added = NodeId.of(bytes());
    after.put(added, 1L << 30);

    for (int i = 0; i < 500; i++) {
      BlockAddress block = BlockAddress.of(bytes());
      List<NodeId> order = new ArrayList<>(Placement.order(block, after));
      order.remove(added);
      assertThat(order).isEqualTo(Placement.order(block, before));
    }
  }

  @Test
  void order_twiceTheOffer_twiceTheShare() {
    NodeId small = NodeId.of(bytes());
    NodeId large = NodeId.of(bytes());
    Map<NodeId, Long> offers = Map.of(small, 10L << 30, large, 20L << 30);
    int first = 0;
    int blocks = 6000;
    for (int i = 0; i < blocks; i++) {
      first += Placement.order(BlockAddress.of(bytes()), offers).getFirst().equals(large) ? 1 : 0;
    }

    // Standard deviation of the share is 0.6 %.
    assertThat((double) first / blocks).isCloseTo(2.0 / 3, within(0.04));
  }

  @Test
  void order_nodeThatOffersNothing_comesLast() {
    Map<NodeId, Long> offers = new HashMap<>(nodes(6));
    NodeId none = offers.keySet().iterator().next();
    offers.put(none, 0L);

    for (int i = 0; i < 100; i++) {
      assertThat(Placement.order(BlockAddress.of(bytes()), offers))
          .hasSize(6)
          .last()
          .isEqualTo(none);
    }
  }

  @Test
  void order_nobody_isEmpty() {
    assertThat(Placement.order(BlockAddress.of(bytes()), Map.of())).isEmpty();
  }

  @Test
  void order_ofKnownNodes_neverChanges() {
    Map<NodeId, Long> offers = new HashMap<>();
    for (int i = 1; i <= 4; i++) {
      offers.put(NodeId.ofKey(new byte[] {(byte) i}), (long) i << 30);
    }

    assertThat(Placement.order(BlockAddress.of(new byte[32]), offers))
        .map(NodeId::brief)
        .containsExactly("e52d9c50", "dbc1b4c9", "4bf5122f", "084fed08");
  }

  private Map<NodeId, Long> nodes(int count) {
    Map<NodeId, Long> offers = new HashMap<>();
    while (offers.size() < count) {
      offers.put(NodeId.of(bytes()), 1L + random.nextInt(1 << 30));
    }
    return offers;
  }

  private byte[] bytes() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return bytes;
  }
}
