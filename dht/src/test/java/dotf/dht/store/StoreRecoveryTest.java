package dotf.dht.store;

import static dotf.dht.store.TestStore.block;
import static dotf.dht.store.TestStore.chunk;
import static dotf.dht.store.TestStore.copy;
import static dotf.dht.store.TestStore.open;
import static dotf.dht.store.TestStore.owner;
import static dotf.dht.store.TestStore.segment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.LinuxDisk;
import dotf.fixtures.Golden;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreRecoveryTest {
  private static final Instant UNTIL = Instant.parse("2027-01-01T00:00:00Z");
  private static final int SIZE = 40;
  private static final int RECORD = Entry.recordBytes(SIZE);

  @TempDir Path temporary;

  private Path store() {
    return temporary.resolve("store");
  }

  private static void put(BlockStore store, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      store.put(block(i, SIZE), chunk(i));
      store.commit();
    }
  }

  private static boolean kept(BlockStore store, int i) throws IOException {
    SealedBlock block = block(i, SIZE);
    if (!store.contains(block.address())) {
      assertThat(store.find(chunk(i))).isNull();
      return false;
    }
    assertThat(store.read(block.address())).isEqualTo(block);
    assertThat(store.find(chunk(i))).isEqualTo(block.address());
    return true;
  }

  @Test
  void copyOfAnOpenStore_holdsEverythingAcknowledged() throws IOException {
    try (BlockStore store = open(store())) {
      for (int i = 0; i < 50; i += 7) {
        put(store, i, i + 7);
        try (BlockStore killed = open(copy(store(), temporary.resolve("copy" + i)))) {
          for (int k = 0; k < i + 7; k++) {
            assertThat(kept(killed, k)).isTrue();
          }
          assertThat(killed.stats().blocks()).isEqualTo(i + 7);
          put(killed, i + 7, i + 9);
          assertThat(kept(killed, i + 8)).isTrue();
        }
      }
    }
  }

  @Test
  void tornTail_cutAtEveryByte_losesOnlyTornRecords() throws IOException {
    try (BlockStore store = open(store())) {
      put(store, 0, 4);
    }
    Files.delete(store().resolve(CleanMark.NAME));
    long size = SegmentHeader.BYTES + 4L * RECORD;
    assertThat(Files.size(segment(store(), 1))).isEqualTo(size);
    for (long length = size; length >= size - RECORD - 8; length--) {
      Path torn = copy(store(), temporary.resolve("torn" + length));
      try (RandomAccessFile file = new RandomAccessFile(segment(torn, 1).toFile(), "rw")) {
        file.setLength(length);
      }
      long whole = (length - SegmentHeader.BYTES) / RECORD;
      assertThat(recovered(torn)).isEqualTo(whole);
      assertThat(Files.size(segment(torn, 1))).isEqualTo(SegmentHeader.BYTES + whole * RECORD);
      if (length % 40 == 0) {
        assertGoesOn(torn, whole);
      }
    }
  }

  private static long recovered(Path directory) throws IOException {
    try (Directory opened = new LinuxDisk().open(directory);
        SegmentFiles files = new SegmentFiles(opened)) {
      return Recovery.run(opened, files).active().size();
    }
  }

  private static void assertGoesOn(Path directory, long whole) throws IOException {
    try (BlockStore store = open(directory)) {
      for (int i = 0; i < 4; i++) {
        assertThat(kept(store, i)).isEqualTo(i < whole);
      }
      put(store, 0, 6);
      assertThat(kept(store, 3) && kept(store, 5)).isTrue();
      assertThat(TestStore.problems(store)).isEmpty();
    }
  }

  @Test
  void tailOfZeros_isNormal() throws IOException {
    try (BlockStore store = open(store())) {
      put(store, 0, 4);
    }
    try (RandomAccessFile file = new RandomAccessFile(segment(store(), 1).toFile(), "rw")) {
      file.setLength(100_000);
    }
    try (BlockStore store = open(store())) {
      assertThat(store.stats().blocks()).isEqualTo(4);
      put(store, 4, 30);
      assertThat(TestStore.problems(store)).isEmpty();
    }
  }

  @Test
  void damageBeforeAcknowledgedRecords_isKeptAndNothingBehindItIsLost() throws IOException {
    try (BlockStore store = open(store())) {
      put(store, 0, 6);
    }
    long size = Files.size(segment(store(), 1));
    for (int bit : bits(RECORD)) {
      Path damaged = copy(store(), temporary.resolve("gap" + bit));
      TestStore.flip(segment(damaged, 1), (SegmentHeader.BYTES + 2L * RECORD) * 8 + bit);
      try (BlockStore store = open(damaged)) {
        assertThat(kept(store, 2)).isFalse();
        assertThat(kept(store, 1) && kept(store, 3) && kept(store, 5)).isTrue();
        assertThat(Files.size(segment(damaged, 1))).isEqualTo(size);
        put(store, 2, 3);
        assertThat(kept(store, 2)).isTrue();
      }
    }
  }

  @Test
  void flippedBitInASealedSegment_isFoundAndTheOthersStayReadable() throws IOException {
    try (BlockStore store = open(store())) {
      put(store, 0, 45);
    }
    Random random = Seed.random("sealed bits");
    long size = Files.size(segment(store(), 1));
    for (int round = 0; round < 24; round++) {
      Path damaged = copy(store(), temporary.resolve("bit" + round));
      long bit = random.nextLong(size * 8);
      TestStore.flip(segment(damaged, 1), bit);
      if (round % 2 == 0) {
        Files.deleteIfExists(damaged.resolve(CleanMark.NAME));
      }
      try (BlockStore store = open(damaged)) {
        int readable = 0;
        for (int i = 0; i < 45; i++) {
          try {
            SealedBlock block = block(i, SIZE);
            assertThat(store.read(block.address())).isEqualTo(block);
            readable++;
          } catch (BlockCorruptException | BlockMissingException e) {
            assertThat(e.getMessage()).isNotBlank();
          }
        }
        assertThat(readable).as("bit %d", bit).isGreaterThanOrEqualTo(44);
      }
    }
  }

  @Test
  void damagedBlock_isReported_andReplaced() throws IOException {
    try (BlockStore store = open(store())) {
      put(store, 0, 45);
      store.putHosted(List.of(block(100, SIZE)), owner(1), UNTIL);
    }
    TestStore.flip(segment(store(), 1), (SegmentHeader.BYTES + 5L * RECORD + 100) * 8);
    SealedBlock block = block(5, SIZE);
    try (BlockStore store = open(store())) {
      assertThatThrownBy(() -> store.read(block.address()))
          .isInstanceOf(BlockCorruptException.class);
      assertThat(TestStore.problems(store))
          .singleElement()
          .satisfies(problem -> assertThat(problem.address()).isEqualTo(block.address()));

      store.replaceDamaged(block);

      assertThat(kept(store, 5)).isTrue();
      assertThat(TestStore.problems(store)).isEmpty();
      assertThat(store.stats().blocks()).isEqualTo(46);
    }
    Files.delete(store().resolve(CleanMark.NAME));
    try (BlockStore store = open(store())) {
      assertThat(kept(store, 5)).isTrue();
      assertThat(store.stats().blocks()).isEqualTo(46);
      assertThat(store.stats().bytes()).isEqualTo(46 * SIZE);
    }
  }

  @Test
  void missingSegment_isReported() throws IOException {
    try (BlockStore store = open(store())) {
      put(store, 0, 65);
    }
    Files.delete(segment(store(), 2));
    try (BlockStore store = open(store())) {
      assertThat(TestStore.problems(store))
          .anySatisfy(problem -> assertThat(problem.segment()).isEqualTo("00000002.seg"));
      assertThat(kept(store, 0) && kept(store, 64)).isTrue();
    }
  }

  @Test
  void segmentOfANewerVersion_orOfAnotherStore_isRefusedInWords() throws IOException {
    open(store()).close();
    Path first = segment(store(), 1);
    byte[] header = Files.readAllBytes(first);
    ByteBuffer newer = ByteBuffer.wrap(header.clone()).putInt(8, SegmentHeader.VERSION + 1);
    newer.putInt(60, Entry.crc(newer.slice(0, 60)));
    Files.write(first, newer.array());
    assertThatThrownBy(() -> open(store())).hasMessageContaining("newer dotf");

    Files.write(first, header);
    ByteBuffer foreign = ByteBuffer.wrap(header.clone()).putInt(12, 2).putLong(16, 77);
    foreign.putInt(60, Entry.crc(foreign.slice(0, 60)));
    Files.write(segment(store(), 2), foreign.array());
    assertThatThrownBy(() -> open(store())).hasMessageContaining("another store");
  }

  @Test
  void leftoversOfAnInterruptedStart_areRemoved() throws IOException {
    try (BlockStore store = open(store())) {
      put(store, 0, 3);
    }
    Files.writeString(store().resolve("new.seg.tmp"), "torn");
    Files.writeString(store().resolve("clean.tmp"), "torn");
    try (BlockStore store = open(store())) {
      put(store, 3, 45);
      assertThat(store.stats().blocks()).isEqualTo(45);
    }
    try (var files = Files.list(store())) {
      assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp"));
    }
  }

  @Test
  void segmentsOfTheFirstVersion_areReadForEver() throws IOException {
    Path old = Files.createDirectory(temporary.resolve("old"));
    Files.write(segment(old, 1), Golden.bytes("store/sealed-segment-v1.hex"));
    Files.write(segment(old, 2), Golden.bytes("store/active-segment-v1.hex"));
    try (BlockStore store = open(old)) {
      assertThat(kept(store, 0) && kept(store, 1) && kept(store, 4)).isTrue();
      assertThat(store.stats())
          .extracting(StoreStats::blocks, StoreStats::hostedBlocks)
          .isEqualTo(Arrays.asList(4L, 2L));
      store.hostedBlocks(hosted -> assertThat(hosted.until()).isEqualTo(UNTIL));

      assertThat(store.drop(List.of(block(4, SIZE).address()))).isEqualTo(SIZE);
    }
    // The last dotf knew no tombstones: it must refuse what holds one.
    assertThat(Files.readAllBytes(segment(old, 2))[11]).isEqualTo((byte) 1);
    assertThat(Files.readAllBytes(segment(old, 3))[11]).isEqualTo((byte) 2);
    try (BlockStore store = open(old)) {
      assertThat(kept(store, 1)).isTrue();
      assertThat(kept(store, 4)).isFalse();
    }
  }

  @Test
  void segmentsOfTheSecondVersion_areReadForEver() throws IOException {
    try (BlockStore store =
        open(store(), new StoreSettings(1 << 20, 1 << 20, 64 << 10, 6, 16 << 10))) {
      put(store, 0, 2);
      store.putHosted(List.of(block(2, SIZE)), owner(1), UNTIL);
      store.renew(List.of(block(0, SIZE).address()), owner(1), UNTIL);
      store.drop(List.of(block(0, SIZE).address(), block(1, SIZE).address()));
      put(store, 4, 5);
      store.release(List.of(block(2, SIZE).address()), owner(1));
    }
    Golden.matches("store/sealed-segment-v2.hex", Files.readAllBytes(segment(store(), 1)));
    Golden.matches("store/active-segment-v2.hex", Files.readAllBytes(segment(store(), 2)));

    Path old = Files.createDirectory(temporary.resolve("old"));
    Files.write(segment(old, 1), Golden.bytes("store/sealed-segment-v2.hex"));
    Files.write(segment(old, 2), Golden.bytes("store/active-segment-v2.hex"));
    try (BlockStore store = open(old)) {
      assertThat(store.read(block(0, SIZE).address())).isEqualTo(block(0, SIZE));
      assertThat(store.find(chunk(0))).isNull();
      assertThat(kept(store, 1) || kept(store, 2)).isFalse();
      assertThat(kept(store, 4)).isTrue();
      assertThat(store.stats())
          .extracting(StoreStats::blocks, StoreStats::hostedBlocks)
          .isEqualTo(Arrays.asList(2L, 1L));
    }
  }

  /** Bits of every field of a record, and some of its payload. */
  private static int[] bits(int recordBytes) {
    return Seed.random("gap bits").ints(0, recordBytes * 8).distinct().limit(20).toArray();
  }
}
