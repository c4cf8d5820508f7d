package dotf.dht.store;

import static dotf.dht.store.StoreDropTest.FEW_MEGABYTES;
import static dotf.dht.store.StoreDropTest.SIZE;
import static dotf.dht.store.StoreDropTest.addresses;
import static dotf.dht.store.StoreDropTest.assertGone;
import static dotf.dht.store.StoreDropTest.assertThere;
import static dotf.dht.store.StoreDropTest.put;
import static dotf.dht.store.TestStore.SMALL;
import static dotf.dht.store.TestStore.block;
import static dotf.dht.store.TestStore.chunk;
import static dotf.dht.store.TestStore.open;
import static dotf.dht.store.TestStore.owner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.SealedBlock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Drops that meet puts, reads and leases of the same blocks. */
class StoreDropRaceTest {
  private static final Instant UNTIL = Instant.parse("2027-01-01T00:00:00Z");

  @TempDir Path temporary;

  private Path store() {
    return temporary.resolve("store");
  }

  @Test
  void putThatIsStillQueued_isDroppedToo_andAPutAfterwardsCounts() throws IOException {
    try (BlockStore store = open(store())) {
      for (int round = 0; round < 20; round++) {
        store.put(block(round, SIZE), chunk(round));
        store.drop(addresses(round, round + 1));
        store.commit();
        assertGone(store, round, round + 1);
        store.put(block(round, SIZE), chunk(round));
        store.commit();
        assertThere(store, round, round + 1);
      }
      assertThat(store.stats().blocks()).isEqualTo(20);
    }
    try (BlockStore store = open(store())) {
      assertThere(store, 0, 20);
    }
  }

  @Test
  void putWhileTheDropIsOnItsWay_counts() throws Exception {
    FaultyDisk disk = new FaultyDisk();
    try (BlockStore store = TestStore.open(disk, store(), FEW_MEGABYTES);
        var threads = Executors.newSingleThreadExecutor()) {
      put(store, 1, 2);
      CountDownLatch reached = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      disk.set(
          (call, file) -> {
            if (call.equals("syncData")) {
              reached.countDown();
              await(goOn);
            }
            return null;
          });
      Future<Long> dropped = threads.submit(() -> store.drop(addresses(1, 2)));
      await(reached);
      assertThat(store.find(chunk(1))).isNull();
      store.put(block(1, SIZE), chunk(1));
      goOn.countDown();
      store.commit();
      assertThat(dropped.get()).isNotNull();
      assertThere(store, 1, 2);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void queue_knowsTheLastWordOnABlock() throws IOException {
    CommitQueue queue = new CommitQueue();
    SealedBlock block = block(1, 100);
    Batch.Item own =
        Batch.Item.of(Entry.Type.OWN, block.address(), Id.of(chunk(1)), 0, block.bytes());
    Batch.Item end =
        Batch.Item.of(Entry.Type.TOMBSTONE, block.address(), Id.NONE, 0, ByteBuffer.allocate(0));
    Batch batch = queue.add(own);
    assertThat(queue.find(Id.of(chunk(1)))).isNotNull();
    queue.add(end);
    assertThat(queue.find(block.address())).isNull();
    assertThat(queue.find(Id.of(chunk(1)))).isNull();
    assertThat(queue.isEnding(block.address())).isTrue();
    queue.add(own);
    assertThat(queue.find(block.address())).isSameAs(batch);
    assertThat(queue.isEnding(block.address())).isFalse();
    assertThat(batch.items()).hasSize(3);
  }

  @Test
  void readThatADropOvertakes_findsTheBlockMissing() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (BlockStore store = TestStore.open(disk, store(), FEW_MEGABYTES)) {
      put(store, 0, 3);
      AtomicBoolean reached = new AtomicBoolean();
      disk.set(
          (call, file) -> {
            if (call.equals("read") && reached.compareAndSet(false, true)) {
              drop(store, addresses(1, 2));
            }
            return null;
          });
      assertThatThrownBy(() -> store.read(block(1, SIZE).address()))
          .isInstanceOf(BlockMissingException.class);
      assertThat(reached).isTrue();
      assertThere(store, 2, 3);
    }
  }

  private static void drop(BlockStore store, List<BlockAddress> addresses) {
    try {
      long _ = store.drop(addresses);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void readersAndPutters_whileBlocksAreDropped_neverSeeWrongBytes() throws Exception {
    try (BlockStore store = open(store(), SMALL);
        var threads = Executors.newFixedThreadPool(4)) {
      put(store, 0, 60);
      AtomicBoolean stop = new AtomicBoolean();
      List<Future<Integer>> readers = new ArrayList<>();
      for (int t = 0; t < 3; t++) {
        readers.add(threads.submit(() -> readUntil(stop, store)));
      }
      try {
        for (int round = 0; round < 6; round++) {
          store.drop(addresses(0, 30));
          assertGone(store, 0, 30);
          put(store, 0, 30);
          assertThere(store, 0, 60);
        }
      } finally {
        stop.set(true);
      }
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isPositive();
      }
      assertThat(TestStore.problems(store)).isEmpty();
    }
  }

  private static int readUntil(AtomicBoolean stop, BlockStore store) throws IOException {
    int read = 0;
    while (!stop.get()) {
      for (int i = 0; i < 60; i++) {
        SealedBlock block = block(i, SIZE);
        try {
          assertThat(store.read(block.address())).isEqualTo(block);
          read++;
        } catch (BlockMissingException e) {
          assertThat(i).isLessThan(30);
        }
      }
    }
    return read;
  }

  @Test
  void hostedWhileOthersRelease_isThereWhenTheCallReturns() throws Exception {
    SealedBlock block = block(1, SIZE);
    try (BlockStore store = open(store(), SMALL);
        var threads = Executors.newFixedThreadPool(1)) {
      AtomicBoolean stop = new AtomicBoolean();
      Future<Boolean> other =
          threads.submit(
              () -> {
                while (!stop.get()) {
                  long _ = store.putHosted(List.of(block), owner(1), UNTIL);
                  long _ = store.release(List.of(block.address()), owner(1));
                }
                return true;
              });
      try {
        for (int round = 0; round < 60; round++) {
          long _ = store.putHosted(List.of(block), owner(2), UNTIL);
          assertThat(store.read(block.address())).isEqualTo(block);
          long _ = store.release(List.of(block.address()), owner(2));
        }
      } finally {
        stop.set(true);
      }
      assertThat(other.get()).isTrue();
    }
  }
}
