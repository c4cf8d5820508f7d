package dotf.dht.store;

import static dotf.dht.store.TestStore.block;
import static dotf.dht.store.TestStore.chunk;
import static dotf.dht.store.TestStore.owner;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.MemoryDisk;
import dotf.chunker.disk.MemoryDisk.Fate;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Power is lost before any call to the disk while blocks are put and dropped. What a call had
 * acknowledged is so afterwards; of what was under way each block is whole or gone.
 */
class StorePowerLossTest {
  private static final int ROUNDS = Seed.longCampaign() ? 400 : 12;
  private static final int STEPS = 12;
  private static final int BLOCKS = 60;
  private static final Instant UNTIL = Instant.parse("2027-01-01T00:00:00Z");
  private static final StoreSettings SETTINGS =
      new StoreSettings(1L << 40, 1L << 40, 128 << 10, 40, 1 << 20);

  @TempDir Path temporary;

  private final Random random = Seed.random("power lost in the store");
  private final List<Loss> losses = new ArrayList<>();
  private Set<Integer> own = new HashSet<>();
  private Set<Integer> hosted = new HashSet<>();
  private Set<Integer> underWay = Set.of();

  /** What the next start may find, and what it must then know. */
  private record Loss(
      MemoryDisk disk, Set<Integer> own, Set<Integer> hosted, Set<Integer> underWay) {}

  private static SealedBlock of(int i) {
    return block(i, 500 + i * 997 % 12_000);
  }

  @Test
  void powerLostAtAnyCall_keepsWhatWasAcknowledged_andBringsNothingDroppedBack()
      throws IOException {
    Path path = Files.createDirectory(temporary.resolve("store"));
    MemoryDisk memory = new MemoryDisk();
    memory.makeDirectories(path);
    for (int round = 0; round < ROUNDS; round++) {
      losses.clear();
      work(memory, path);
      assertThat(losses).isNotEmpty();
      for (Loss loss : losses) {
        try (BlockStore store = TestStore.open(loss.disk, path, SETTINGS)) {
          check(store, loss);
        }
      }
      Loss last = losses.getLast();
      memory = last.disk;
      try (BlockStore store = TestStore.open(memory, path, SETTINGS)) {
        adopt(store, last);
      }
    }
  }

  private void work(MemoryDisk memory, Path path) throws IOException {
    FaultyDisk disk = new FaultyDisk(memory);
    try (BlockStore store = TestStore.open(disk, path, SETTINGS)) {
      disk.set(
          (call, file) -> {
            if (file.contains(".seg") && random.nextInt(12) == 0) {
              losses.add(loss(memory));
            }
            return null;
          });
      for (int step = 0; step < STEPS || losses.isEmpty(); step++) {
        step(store);
      }
      disk.set(null);
      losses.add(loss(memory));
    }
  }

  private Loss loss(MemoryDisk memory) {
    Fate[] fates = Fate.values();
    MemoryDisk after = memory.afterPowerLoss(i -> fates[random.nextInt(fates.length)]);
    return new Loss(after, own, hosted, underWay);
  }

  private void step(BlockStore store) throws IOException {
    int first = random.nextInt(BLOCKS);
    underWay =
        Set.copyOf(
            IntStream.range(first, Math.min(BLOCKS, first + 1 + random.nextInt(8)))
                .boxed()
                .toList());
    List<BlockAddress> addresses = underWay.stream().map(i -> of(i).address()).toList();
    Set<Integer> nextOwn = new HashSet<>(own);
    Set<Integer> nextHosted = new HashSet<>(hosted);
    switch (random.nextInt(6)) {
      case 0 -> {
        long _ = store.putHosted(underWay.stream().map(i -> of(i)).toList(), owner(1), UNTIL);
        nextHosted.addAll(underWay);
      }
      case 1 -> {
        long _ = store.release(addresses, owner(1));
        nextHosted.removeAll(underWay);
      }
      case 2 -> {
        long _ = store.drop(addresses);
        nextOwn.removeAll(underWay);
      }
      case 3 -> {
        long _ = store.drop(addresses, owner(1));
        nextOwn.removeAll(underWay);
        nextHosted.removeAll(underWay);
      }
      default -> {
        for (int i : underWay) {
          store.put(of(i), chunk(i));
        }
        store.commit();
        nextOwn.addAll(underWay);
      }
    }
    own = nextOwn;
    hosted = nextHosted;
    underWay = Set.of();
  }

  private static void check(BlockStore store, Loss loss) throws IOException {
    for (int i = 0; i < BLOCKS; i++) {
      BlockAddress address = of(i).address();
      boolean there = store.contains(address);
      if (!loss.underWay.contains(i)) {
        assertThat(there)
            .as("block %d", i)
            .isEqualTo(loss.own.contains(i) || loss.hosted.contains(i));
        assertThat(store.find(chunk(i))).isEqualTo(loss.own.contains(i) ? address : null);
      }
      if (there) {
        assertThat(store.read(address)).isEqualTo(of(i));
      } else {
        assertThat(store.find(chunk(i))).isNull();
      }
    }
    assertThat(TestStore.problems(store)).isEmpty();
  }

  /** Goes on with what became of the calls that were under way. */
  private void adopt(BlockStore store, Loss loss) throws IOException {
    check(store, loss);
    Set<Integer> nowOwn = new HashSet<>();
    Set<Integer> nowHosted = new HashSet<>();
    List<BlockAddress> told = new ArrayList<>();
    List<BlockAddress> leased = new ArrayList<>();
    store.ownBlocks(block -> told.add(block.address()));
    store.hostedBlocks(block -> leased.add(block.address()));
    for (int i = 0; i < BLOCKS; i++) {
      if (told.contains(of(i).address())) {
        nowOwn.add(i);
      }
      if (leased.contains(of(i).address())) {
        nowHosted.add(i);
      }
    }
    own = nowOwn;
    hosted = nowHosted;
    underWay = Set.of();
  }
}
