package dotf.dht.store;

import static dotf.dht.store.TestStore.SMALL;
import static dotf.dht.store.TestStore.block;
import static dotf.dht.store.TestStore.chunk;
import static dotf.dht.store.TestStore.owner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.Directory;
import dotf.dht.store.StoreHealth.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreFaultsTest {
  private static final Instant UNTIL = Instant.parse("2027-01-01T00:00:00Z");

  @TempDir Path temporary;
  private final List<StoreHealth> alarms = new ArrayList<>();

  private BlockStore open(FaultyDisk disk) throws IOException {
    return BlockStore.open(disk, temporary.resolve("store"), SMALL, new Random(1), alarms::add);
  }

  private static void put(BlockStore store, int i) throws IOException {
    store.put(block(i, 1000), chunk(i));
    store.commit();
  }

  private static void assertKept(BlockStore store, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      assertThat(store.read(block(i, 1000).address())).isEqualTo(block(i, 1000));
      assertThat(store.find(chunk(i))).isEqualTo(block(i, 1000).address());
    }
  }

  @Test
  void failedSync_isNeverRepeated_andTheRecordsGoToANewSegment() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (BlockStore store = open(disk)) {
      put(store, 0);
      disk.failNext("syncData", 1);
      put(store, 1);

      assertThat(disk.syncedAgain()).isEmpty();
      assertThat(alarms).extracting(StoreHealth::state).containsExactly(State.DEGRADED);
      assertThat(store.stats().segments()).isEqualTo(2);
      for (int i = 2; i < 50; i++) {
        put(store, i);
      }
      assertKept(store, 0, 50);
      assertThat(disk.syncedAgain()).isEmpty();
    }
    try (BlockStore store = open(new FaultyDisk())) {
      assertKept(store, 0, 50);
      assertThat(store.stats().blocks()).isEqualTo(50);
      assertThat(TestStore.problems(store)).isEmpty();
    }
  }

  @Test
  void unsyncedBytesOfAPoisonedSegment_areNotBelievedAfterARestart() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (BlockStore store = open(disk)) {
      put(store, 0);
      disk.failNext("syncData", 1);
      put(store, 1);
    }
    // What the failed sync may have left: a good record that nobody was promised.
    Path poisoned = TestStore.segment(temporary.resolve("store"), 1);
    SealedBlock never = block(99, 1000);
    int end = SegmentHeader.BYTES + Entry.recordBytes(1000);
    ByteBuffer record = ByteBuffer.allocate(Entry.recordBytes(1000));
    new Entry(Entry.Type.OWN, never.address(), Id.of(chunk(99)), 0, 1000, end)
        .writeHeader(record, 2);
    record.put(never.bytes()).putInt(Entry.crc(never.bytes()));
    try (FileChannel file = FileChannel.open(poisoned, StandardOpenOption.WRITE)) {
      assertThat(file.write(record.flip(), end)).isEqualTo(record.limit());
    }
    Files.delete(temporary.resolve("store").resolve(CleanMark.NAME));
    try (BlockStore store = open(new FaultyDisk())) {
      assertKept(store, 0, 2);
      assertThat(store.contains(never.address())).isFalse();
      assertThat(store.stats().blocks()).isEqualTo(2);
      assertThat(TestStore.problems(store)).isEmpty();
    }
  }

  @Test
  void cleanDeepVerify_letsADegradedStoreCountAsHealthy() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (BlockStore store = open(disk)) {
      disk.failNext("syncData", 1);
      put(store, 0);
      assertThat(store.health().state()).isEqualTo(State.DEGRADED);
      store.verify(false, problem -> {});
      assertThat(store.health().state()).isEqualTo(State.DEGRADED);
      assertThat(TestStore.problems(store)).isEmpty();
      assertThat(store.health().state()).isEqualTo(State.HEALTHY);
    }
  }

  @Test
  void aRestart_doesNotMakeADegradedStoreHealthy() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (BlockStore store = open(disk)) {
      disk.failNext("syncData", 1);
      put(store, 0);
    }
    try (BlockStore store = open(disk)) {
      assertThat(store.health().state()).isEqualTo(State.DEGRADED);
      assertThat(store.health().message()).contains("dotf verify --deep");
      put(store, 1);
      assertThat(TestStore.problems(store)).isEmpty();
      assertThat(store.health().isGood()).isTrue();
    }
    try (BlockStore store = open(disk)) {
      assertThat(store.health().isGood()).isTrue();
      assertKept(store, 0, 2);
    }
  }

  @Test
  void readingFromTheDisk_dropsWhatWasWrittenSince_andAVerifyDropsAll() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    List<String> drops = new ArrayList<>();
    disk.set(
        (call, file) -> {
          if (call.equals("dropCache")) {
            drops.add(file);
          }
          return null;
        });
    try (BlockStore store = open(disk)) {
      put(store, 0);
      put(store, 1);
      store.readFromDisk(block(0, 1000).address());
      store.readFromDisk(block(1, 1000).address());
      assertThat(drops).hasSize(1);
      put(store, 2);
      store.readFromDisk(block(2, 1000).address());
      assertThat(drops).hasSize(2);
      store.verify(true, problem -> {});
      assertThat(drops).hasSizeGreaterThan(2);
    }
    int before = drops.size();
    try (BlockStore store = open(disk)) {
      store.readFromDisk(block(0, 1000).address());
      assertThat(drops).hasSize(before + 1);
    }
  }

  @Test
  void whatTheKernelKeeps_passesForTheDiskForAMinuteOnly() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    int[] drops = new int[1];
    disk.set(
        (call, file) -> {
          drops[0] += call.equals("dropCache") ? 1 : 0;
          return null;
        });
    try (BlockStore store = open(disk)) {
      put(store, 0);
    }
    long[] nanos = {Long.MAX_VALUE - 1};
    try (Directory directory = disk.open(temporary.resolve("store"));
        SegmentFiles files = new SegmentFiles(directory)) {
      BlockReader reader = new BlockReader(files, () -> nanos[0]);
      Held.Place place = new Held.Place(1, SegmentHeader.BYTES, 1000);
      for (int seconds : new int[] {0, 30, 29, 2, 58}) {
        nanos[0] += seconds * 1_000_000_000L;
        assertThat(reader.readFromDisk(block(0, 1000).address(), place, Long.MAX_VALUE))
            .isEqualTo(block(0, 1000));
      }
      assertThat(drops[0]).isEqualTo(2);
    }
  }

  @Test
  void secondFailure_makesTheStoreReadOnly_inWords() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (BlockStore store = open(disk)) {
      put(store, 0);
      disk.failNext("syncData", 2);
      assertThatThrownBy(() -> put(store, 1)).hasMessageContaining("read-only");
      disk.set(null);

      assertThat(store.health().state()).isEqualTo(State.READ_ONLY);
      assertThatThrownBy(() -> put(store, 2)).hasMessageContaining("read-only");
      assertThatThrownBy(() -> store.putHosted(List.of(block(3, 9)), owner(1), UNTIL))
          .isInstanceOf(HostingRefusedException.class);
      assertKept(store, 0, 1);
      assertThat(store.contains(block(1, 1000).address())).isFalse();
    }
    try (BlockStore store = open(new FaultyDisk())) {
      assertKept(store, 0, 1);
      put(store, 1);
      assertKept(store, 0, 2);
    }
  }

  @Test
  void failedSyncOfAFooter_losesNothing() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (BlockStore store = open(disk)) {
      for (int i = 0; i < SMALL.segmentRecords(); i++) {
        put(store, i);
      }
      disk.failNext("syncData", 1);
      put(store, 20);
      assertThat(alarms).hasSize(1);
      assertKept(store, 0, 21);
    }
    try (BlockStore store = open(new FaultyDisk())) {
      assertKept(store, 0, 21);
      assertThat(store.stats().blocks()).isEqualTo(21);
    }
  }

  @Test
  void fullDisk_failsThePut_andTheStoreGoesOnWhenThereIsRoom() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (BlockStore store = open(disk)) {
      for (int i = 0; i < 30; i++) {
        put(store, i);
      }
      disk.full();
      assertThatThrownBy(() -> put(store, 30)).isInstanceOf(StoreFullException.class);
      assertThatThrownBy(() -> store.putHosted(List.of(block(31, 9)), owner(1), UNTIL))
          .isInstanceOfSatisfying(
              HostingRefusedException.class,
              e -> assertThat(e.reason()).isEqualTo(HostingRefusedException.Reason.FULL));
      assertThat(store.contains(block(30, 1000).address())).isFalse();
      assertThat(store.find(chunk(30))).isNull();
      assertKept(store, 0, 30);

      disk.set(null);
      assertThat(store.health().state()).isEqualTo(State.HEALTHY);
      for (int i = 30; i < 60; i++) {
        put(store, i);
      }
      assertKept(store, 0, 60);
    }
    try (BlockStore store = open(new FaultyDisk())) {
      assertKept(store, 0, 60);
      assertThat(store.stats().blocks()).isEqualTo(60);
      assertThat(TestStore.problems(store)).isEmpty();
    }
  }

  @Test
  void diskFullAtEveryWrite_neverHalfAcknowledges() throws IOException {
    for (int nth = 0; nth < 8; nth++) {
      FaultyDisk disk = new FaultyDisk();
      Path directory = temporary.resolve("full" + nth);
      List<Integer> kept = new ArrayList<>();
      try (BlockStore store = TestStore.open(disk, directory, SMALL)) {
        int[] left = {nth};
        disk.set(
            (call, file) ->
                call.equals("write") && left[0]-- <= 0
                    ? new dotf.chunker.disk.DiskFullException(file, "No space left on device")
                    : null);
        for (int i = 0; i < 25; i++) {
          try {
            put(store, i);
            kept.add(i);
          } catch (StoreFullException e) {
            assertThat(store.contains(block(i, 1000).address())).isFalse();
          }
        }
      }
      try (BlockStore store = TestStore.open(directory)) {
        assertThat(store.stats().blocks()).isEqualTo(kept.size());
        for (int i : kept) {
          assertKept(store, i, i + 1);
        }
      }
    }
  }

  @Test
  void failureWhileAnotherThreadWaits_reachesItToo() throws Exception {
    FaultyDisk disk = new FaultyDisk();
    try (BlockStore store = open(disk)) {
      disk.full();
      Thread other =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      store.put(block(1, 1000), chunk(1));
                    } catch (IOException e) {
                      throw new AssertionError(e);
                    }
                  });
      other.join();
      assertThatThrownBy(
              () -> {
                store.put(block(1, 1000), chunk(1));
                store.commit();
              })
          .isInstanceOf(StoreFullException.class);
    }
  }
}
