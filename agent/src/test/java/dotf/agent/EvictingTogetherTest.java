package dotf.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.replica.Evicted;
import dotf.agent.replica.Evictor;
import dotf.agent.replica.Holders;
import dotf.agent.replica.Receipts;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.LinuxDisk;
import dotf.chunker.key.VaultSecret;
import dotf.fixtures.Eventually;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two devices of one vault let the same blocks go at the same moment, over real connections, while
 * the third machine goes away midway. {@code -Dcampaign=long} does it 200 times.
 */
class EvictingTogetherTest {
  private static final int ROUNDS = Seed.longCampaign() ? 200 : 12;
  private static final int BLOCKS = 6;

  @TempDir Path homes;

  /** Not the common pool, which has one thread on a machine with two cores. */
  private final ExecutorService threads = Executors.newFixedThreadPool(2);

  private final Random random = Seed.random("evicting together");
  private int made;

  /** A device, and an evictor of its own that asks for as many copies as the round says. */
  private static final class Side {
    final TestDevice device;
    final GroupHolders holders;
    final Receipts receipts;
    final Evictor evictor;
    volatile int copies;

    Side(TestDevice device, Path logs, CyclicBarrier bothHaveLocks) throws IOException {
      this.device = device;
      holders = new GroupHolders(device.node, InstantSource.system());
      receipts =
          new Receipts(new LinuxDisk().open(Files.createDirectories(logs)), holders::vouches);
      evictor =
          new Evictor(
              meeting(holders, bothHaveLocks),
              receipts,
              device.node.locks(),
              blocks -> device.store.drop(blocks, device.keys.publicKey()),
              () -> copies,
              () -> null,
              InstantSource.system(),
              (holder, block) -> {});
    }

    /** So that neither goes before the other has got the locks that it can get. */
    private static Holders meeting(Holders holders, CyclicBarrier barrier) {
      InvocationHandler handler =
          (_, method, arguments) -> {
            Object answer;
            try {
              answer = method.invoke(holders, arguments);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
            if (method.getName().equals("lock")) {
              try {
                barrier.await(200, TimeUnit.MILLISECONDS);
              } catch (TimeoutException | BrokenBarrierException e) {
                barrier.reset();
              }
            }
            return answer;
          };
      return (Holders)
          Proxy.newProxyInstance(
              Holders.class.getClassLoader(), new Class<?>[] {Holders.class}, handler);
    }

    void push(TestDevice to, List<BlockAddress> blocks) throws IOException {
      Instant until = Instant.now().plus(Duration.ofDays(31));
      receipts.add(List.of(device.node.push(to.node.id(), blocks, until)));
    }

    Evicted evict(Map<BlockAddress, Integer> blocks) {
      try {
        return evictor.evict(blocks);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  @AfterEach
  void shutDown() {
    threads.shutdownNow();
  }

  @Test
  void asManyHoldersAsAskedFor_remain_whateverTheMoment() throws Exception {
    VaultSecret vault = VaultSecret.random(new SecureRandom());
    try (TestDevice a = new TestDevice(homes.resolve("a"), vault, TestDevice.settings(2));
        TestDevice b = new TestDevice(homes.resolve("b"), vault, TestDevice.settings(2));
        TestDevice c = TestDevice.alone(homes.resolve("c"))) {
      b.join(a);
      c.join(a);
      Eventually.eventually("all connected", () -> connected(a, b) && connected(b, c));
      CyclicBarrier bothHaveLocks = new CyclicBarrier(2);
      Side first = new Side(a, homes.resolve("receipts-a"), bothHaveLocks);
      Side second = new Side(b, homes.resolve("receipts-b"), bothHaveLocks);
      long went = 0;
      for (int round = 0; round < ROUNDS; round++) {
        went += round(first, second, c, 1 + round % 2, round % 3 == 2);
      }
      System.out.printf("%d rounds: %d blocks went, none too many%n", ROUNDS, went);
      assertThat(went).as("blocks that went").isPositive();
    }
  }

  private static boolean connected(TestDevice one, TestDevice other) {
    return one.node.isConnected(other.node.id()) && other.node.isConnected(one.node.id());
  }

  private long round(Side first, Side second, TestDevice third, int copies, boolean leaves)
      throws Exception {
    first.copies = copies;
    second.copies = copies;
    Map<BlockAddress, Integer> blocks = new LinkedHashMap<>();
    for (int i = 0; i < BLOCKS; i++) {
      byte[] bytes = Payloads.noise(Seed.value() + made++, 20_000 + random.nextInt(40_000));
      SealedBlock block = SealedBlock.of(ByteBuffer.wrap(bytes));
      first.device.store.put(block, null);
      second.device.store.put(block, null);
      blocks.put(block.address(), block.size());
    }
    first.device.store.commit();
    second.device.store.commit();
    List<BlockAddress> addresses = List.copyOf(blocks.keySet());
    first.push(second.device, addresses);
    first.push(third, addresses);
    second.push(first.device, addresses);
    second.push(third, addresses);

    List<CompletableFuture<?>> all = new ArrayList<>();
    CompletableFuture<Evicted> one =
        CompletableFuture.supplyAsync(() -> first.evict(blocks), threads);
    CompletableFuture<Evicted> two =
        CompletableFuture.supplyAsync(() -> second.evict(blocks), threads);
    all.add(one);
    all.add(two);
    if (leaves) {
      TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
      third.stop();
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    if (leaves) {
      third.start();
      Eventually.eventually(
          "connected again",
          () -> connected(first.device, third) && connected(second.device, third));
      first.holders.refresh();
      second.holders.refresh();
    }
    for (BlockAddress block : addresses) {
      int holders = 0;
      for (TestDevice device : List.of(first.device, second.device, third)) {
        holders += device.store.contains(block) ? 1 : 0;
      }
      assertThat(holders)
          .as("holders of a block, copies = %d", copies)
          .isGreaterThanOrEqualTo(copies);
    }
    return one.get().blocks() + two.get().blocks();
  }
}
