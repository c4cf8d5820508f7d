package dotf.dht.store;

import static dotf.dht.store.TestStore.block;
import static dotf.dht.store.TestStore.chunk;
import static dotf.dht.store.TestStore.copy;
import static dotf.dht.store.TestStore.open;
import static dotf.dht.store.TestStore.owner;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.SealedBlock;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random operations, restarts and kills; three plain collections say what must be there. */
class StoreModelTest {
  private static final int BLOCKS = 300;
  private static final int STEPS = Seed.longCampaign() ? 20_000 : 700;

  @TempDir Path temporary;

  private final Set<Integer> own = new HashSet<>();
  private final Map<Integer, Map<Integer, Long>> leases = new HashMap<>();
  private final Set<Integer> queued = new HashSet<>();
  private Random random = new Random(0);
  private Path directory = Path.of("unset");
  private int generation;
  private @Nullable BlockStore open;

  @AfterEach
  void close() throws IOException {
    store().close();
  }

  private BlockStore store() {
    return requireNonNull(open);
  }

  private static SealedBlock of(int i) {
    return block(i, 100 + i * 137 % 12_000);
  }

  private static String hex(int owner) {
    return HexFormat.of().formatHex(owner(owner));
  }

  @Test
  void randomOperations_agreeWithAModel_acrossRestartsAndKills() throws IOException {
    random = Seed.random("store model");
    directory = temporary.resolve("store0");
    open = open(directory);
    for (int step = 0; step < STEPS; step++) {
      step();
    }
    restart(true);
    check();
  }

  private void step() throws IOException {
    int i = random.nextInt(BLOCKS);
    switch (random.nextInt(40)) {
      case 0 -> restart(true);
      case 1 -> restart(false);
      case 2 -> check();
      case 3, 4, 5, 6, 7, 8 -> {
        long until = random.nextInt(1_000_000);
        int owner = random.nextInt(3);
        store().putHosted(List.of(of(i)), owner(owner), Instant.ofEpochMilli(until));
        leases.computeIfAbsent(i, any -> new HashMap<>()).merge(owner, until, Math::max);
      }
      case 9, 10, 11 -> {
        store().commit();
        own.addAll(queued);
        queued.clear();
      }
      case 12 -> {
        if (own.contains(i)) {
          store().replaceDamaged(of(i));
        }
      }
      case 36, 37 -> drop(some());
      case 38, 39 -> release(some(), random.nextInt(3));
      case 13, 14, 15, 16, 17, 18, 19, 20, 21 -> checkOne(i);
      default -> {
        store().put(of(i), chunk(i));
        queued.add(i);
      }
    }
  }

  private List<Integer> some() {
    int first = random.nextInt(BLOCKS);
    return IntStream.range(first, Math.min(BLOCKS, first + random.nextInt(20))).boxed().toList();
  }

  private static List<BlockAddress> addresses(List<Integer> blocks) {
    return blocks.stream().map(i -> of(i).address()).toList();
  }

  private void drop(List<Integer> blocks) throws IOException {
    long bytes = store().drop(addresses(blocks));
    long expected = 0;
    long possible = 0;
    for (int i : blocks) {
      boolean committed = own.remove(i);
      boolean coming = queued.remove(i);
      expected += committed && !leases.containsKey(i) ? of(i).size() : 0;
      // What was queued only may have been durable by then.
      possible += coming && !committed && !leases.containsKey(i) ? of(i).size() : 0;
    }
    assertThat(bytes).isBetween(expected, expected + possible);
  }

  private void release(List<Integer> blocks, int owner) throws IOException {
    long bytes = store().release(addresses(blocks), owner(owner));
    long expected = 0;
    long queuedBytes = 0;
    for (int i : blocks) {
      Map<Integer, Long> left = leases.getOrDefault(i, new HashMap<>());
      if (left.remove(owner) != null && left.isEmpty()) {
        leases.remove(i);
        expected += own.contains(i) ? 0 : of(i).size();
        queuedBytes += queued.contains(i) ? of(i).size() : 0;
      }
    }
    // An own copy that is queued may be durable when the last lease ends, or not.
    assertThat(bytes).isBetween(expected - queuedBytes, expected);
  }

  private void restart(boolean clean) throws IOException {
    if (clean) {
      store().close();
      own.addAll(queued);
    } else {
      Path killed = copy(directory, temporary.resolve("store" + ++generation));
      store().close();
      directory = killed;
      if (random.nextBoolean()) {
        Path index = TestStore.index(directory);
        Files.deleteIfExists(index == null ? directory.resolve("none") : index);
      }
    }
    open = open(directory);
    if (!clean) {
      // What was queued may or may not have reached the disk.
      for (int i : queued) {
        if (store().find(chunk(i)) != null) {
          own.add(i);
        }
      }
    }
    queued.clear();
  }

  private void checkOne(int i) throws IOException {
    SealedBlock block = of(i);
    if (own.contains(i) || leases.containsKey(i)) {
      assertThat(store().read(block.address())).isEqualTo(block);
    }
    if (own.contains(i)) {
      assertThat(store().find(chunk(i))).isEqualTo(block.address());
    } else if (!queued.contains(i)) {
      assertThat(store().find(chunk(i))).isNull();
    }
  }

  private void check() throws IOException {
    store().commit();
    own.addAll(queued);
    queued.clear();
    Set<Integer> all = new HashSet<>(own);
    all.addAll(leases.keySet());
    for (int i = 0; i < BLOCKS; i++) {
      checkOne(i);
      assertThat(store().contains(of(i).address())).isEqualTo(all.contains(i));
    }
    Set<Object> told = new HashSet<>();
    store().ownBlocks(block -> assertThat(told.add(block.address())).isTrue());
    assertThat(told).hasSize(own.size());
    Map<Object, Long> hosted = new HashMap<>();
    store()
        .hostedBlocks(
            block -> hosted.put(block.owner() + block.address(), block.until().toEpochMilli()));
    Map<Object, Long> expected = new HashMap<>();
    leases.forEach(
        (i, owners) ->
            owners.forEach((owner, until) -> expected.put(hex(owner) + of(i).address(), until)));
    assertThat(hosted).isEqualTo(expected);
    StoreStats stats = store().stats();
    assertThat(stats.blocks()).isEqualTo(all.size());
    assertThat(stats.bytes()).isEqualTo(all.stream().mapToLong(i -> of(i).size()).sum());
    assertThat(stats.hostedBlocks()).isEqualTo(leases.size());
    assertThat(TestStore.problems(store())).isEmpty();
  }
}
