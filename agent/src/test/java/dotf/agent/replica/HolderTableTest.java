package dotf.agent.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.block.BlockAddress;
import dotf.fixtures.Seed;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HolderTableTest {
  @Test
  void table_agreesWithAMap_whateverIsAddedRemovedAndForgotten() {
    Random random = Seed.random("holder table");
    HolderTable table = new HolderTable();
    Map<BlockAddress, Long> expected = new HashMap<>();
    BlockAddress[] addresses = new BlockAddress[3000];
    for (int i = 0; i < addresses.length; i++) {
      byte[] bytes = new byte[BlockAddress.BYTES];
      random.nextBytes(bytes);
      addresses[i] = BlockAddress.of(bytes);
    }
    for (int i = 0; i < 20_000; i++) {
      BlockAddress address = addresses[random.nextInt(addresses.length)];
      int slot = random.nextInt(8) * 9;
      if (i % 5000 == 4999) {
        table.forget(slot);
        expected.replaceAll((key, slots) -> slots & ~(1L << slot));
        expected.values().removeIf(slots -> slots == 0);
      } else if (i % 3 == 0) {
        table.remove(address, slot);
        expected.computeIfPresent(
            address, (key, slots) -> (slots & ~(1L << slot)) == 0 ? null : slots & ~(1L << slot));
      } else {
        table.add(address, slot, i);
        expected.merge(address, 1L << slot, (a, b) -> a | b);
      }
    }

    assertThat(table.size()).isEqualTo(expected.size());
    assertThat(table.count(slots -> (slots & 1) != 0))
        .isEqualTo(expected.values().stream().filter(slots -> (slots & 1) != 0).count());
    for (BlockAddress address : addresses) {
      assertThat(table.slots(address)).isEqualTo(expected.getOrDefault(address, 0L));
    }
  }
}
