package dotf.dht.store;

import static dotf.dht.store.TestStore.block;
import static dotf.dht.store.TestStore.chunk;
import static dotf.dht.store.TestStore.copy;
import static dotf.dht.store.TestStore.open;
import static dotf.dht.store.TestStore.owner;
import static dotf.dht.store.TestStore.segment;
import static dotf.fixtures.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.DiskFullException;
import dotf.chunker.disk.LinuxDisk;
import dotf.chunker.disk.OpenFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreDropTest {
  private static final Instant UNTIL = Instant.parse("2027-01-01T00:00:00Z");
  static final int SIZE = 20_000;
  static final StoreSettings FEW_MEGABYTES =
      new StoreSettings(1L << 40, 1L << 40, 4 << 20, 1000, 1 << 20);

  @TempDir Path temporary;

  private Path store() {
    return temporary.resolve("store");
  }

  static void put(BlockStore store, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      store.put(block(i, SIZE), chunk(i));
    }
    store.commit();
  }

  static List<BlockAddress> addresses(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> block(i, SIZE).address()).toList();
  }

  static void assertThere(BlockStore store, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      assertThat(store.read(block(i, SIZE).address())).isEqualTo(block(i, SIZE));
      assertThat(store.find(chunk(i))).isEqualTo(block(i, SIZE).address());
    }
  }

  static void assertGone(BlockStore store, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      BlockAddress address = block(i, SIZE).address();
      assertThat(store.contains(address)).isFalse();
      assertThat(store.find(chunk(i))).isNull();
      assertThatThrownBy(() -> store.read(address)).isInstanceOf(BlockMissingException.class);
      assertThatThrownBy(() -> store.readFromDisk(address))
          .isInstanceOf(BlockMissingException.class);
    }
  }

  /** What the kernel says that the segments take. */
  private static long allocated(Path directory) throws IOException {
    long bytes = 0;
    try (Directory opened = new LinuxDisk().open(directory)) {
      for (Directory.Entry entry : opened.list()) {
        if (SegmentHeader.numberOf(entry.name()) > 0) {
          try (OpenFile file = opened.openRead(entry.name())) {
            bytes += file.allocated();
          }
        }
      }
    }
    return bytes;
  }

  private void assumeHoles() throws IOException {
    try (Directory opened = new LinuxDisk().open(temporary);
        OpenFile file = opened.createUnnamed(0600)) {
      assumeTrue(file.punch(0, 4096), "this filesystem makes no holes");
    }
  }

  @Test
  void droppedBlocks_areGone_theOthersStay_alsoAfterARestartAndWithoutTheMark() throws IOException {
    try (BlockStore store = open(store())) {
      put(store, 0, 40);
      assertThat(store.drop(addresses(5, 33))).isEqualTo(28L * SIZE);
      assertState(store);
    }
    try (BlockStore store = open(store())) {
      assertState(store);
    }
    Files.delete(store().resolve(CleanMark.NAME));
    try (BlockStore store = open(store())) {
      assertState(store);
      put(store, 5, 33);
      assertThere(store, 0, 40);
      assertThat(store.stats().blocks()).isEqualTo(40);
      assertThat(TestStore.problems(store)).isEmpty();
    }
    try (BlockStore store = open(store())) {
      assertThere(store, 0, 40);
      assertThat(store.stats().bytes()).isEqualTo(40L * SIZE);
    }
  }

  private static void assertState(BlockStore store) throws IOException {
    assertThere(store, 0, 5);
    assertGone(store, 5, 33);
    assertThere(store, 33, 40);
    assertThat(store.stats().blocks()).isEqualTo(12);
    assertThat(store.stats().bytes()).isEqualTo(12L * SIZE);
    List<BlockAddress> own = new ArrayList<>();
    store.ownBlocks(block -> own.add(block.address()));
    assertThat(own).hasSize(12).doesNotContainAnyElementsOf(addresses(5, 33));
    assertThat(TestStore.problems(store)).isEmpty();
  }

  @Test
  void droppedBlocks_giveTheirSpaceBack_andNewOnesFitAgain() throws IOException {
    assumeHoles();
    StoreSettings limited = new StoreSettings(2_000_000, 0, 4 << 20, 1000, 1 << 20);
    try (BlockStore store = open(store(), limited)) {
      put(store, 0, 95);
      assertThatThrownBy(() -> put(store, 100, 110)).isInstanceOf(StoreFullException.class);
      long before = allocated(store());
      assertThat(before).isGreaterThan(1_900_000);

      store.drop(addresses(0, 90));

      assertThat(allocated(store())).isLessThan(before - 90 * 12_000);
      assertThat(store.stats().diskBytes()).isLessThan(900_000);
      put(store, 100, 140);
      assertThere(store, 90, 95);
      assertThere(store, 100, 140);
    }
    long after = allocated(store());
    try (BlockStore store = open(store(), limited)) {
      assertThat(store.stats().diskBytes()).isBetween(after - 3 * 8192, after);
      assertGone(store, 0, 90);
      assertThere(store, 100, 140);
    }
  }

  @Test
  void blockLeasedByOthers_staysUntilTheLastClaimEnds() throws IOException {
    SealedBlock block = block(1, SIZE);
    List<BlockAddress> address = List.of(block.address());
    try (BlockStore store = open(store())) {
      put(store, 1, 2);
      store.putHosted(List.of(block), owner(1), UNTIL);
      store.putHosted(List.of(block), owner(2), UNTIL);

      assertThat(store.drop(address, owner(1))).isZero();
      assertThat(store.read(block.address())).isEqualTo(block);
      assertThat(store.find(chunk(1))).isNull();
      store.ownBlocks(own -> assertThat(own).isNull());
      List<String> owners = new ArrayList<>();
      store.hostedBlocks(hosted -> owners.add(hosted.owner()));
      assertThat(owners).containsExactly(HexFormat.of().formatHex(owner(2)));
      assertThat(store.stats().hostedBlocks()).isEqualTo(1);
    }
    Files.delete(store().resolve(CleanMark.NAME));
    try (BlockStore store = open(store())) {
      assertThat(store.read(block.address())).isEqualTo(block);
      assertThat(store.release(address, owner(1))).isZero();
      assertThat(store.release(address, owner(2))).isEqualTo(SIZE);
      assertThat(store.stats())
          .extracting(StoreStats::blocks, StoreStats::hostedBlocks, StoreStats::hostedBytes)
          .containsExactly(0L, 0L, 0L);
      assertGone(store, 1, 2);
    }
  }

  @Test
  void leaseThatFollowsTheDrop_bringsNothingBack_andANewCopyDoes() throws IOException {
    SealedBlock block = block(1, SIZE);
    try (BlockStore store = open(store())) {
      put(store, 0, 2);
      store.drop(List.of(block.address()));
      assertThatThrownBy(() -> store.renew(List.of(block.address()), owner(1), UNTIL))
          .isInstanceOf(BlockMissingException.class);
      assertThatThrownBy(() -> store.replaceDamaged(block))
          .isInstanceOf(BlockMissingException.class);
      store.putHosted(List.of(block), owner(1), UNTIL);
      assertThat(store.read(block.address())).isEqualTo(block);
      assertThat(store.find(chunk(1))).isNull();
    }
  }

  @Test
  void ownBlocks_tellChunksFromOthers() throws IOException {
    try (BlockStore store = open(store())) {
      put(store, 1, 2);
      store.put(block(2, 300), null);
      store.commit();
      List<OwnBlock> own = new ArrayList<>();
      store.ownBlocks(own::add);
      assertThat(own)
          .containsExactlyInAnyOrder(
              new OwnBlock(block(1, SIZE).address(), SIZE, true),
              new OwnBlock(block(2, 300).address(), 300, false));
    }
  }

  @Test
  void indexMadeBeforeTheDrop_andOneMadeAfter_sayTheSame() throws IOException {
    try (BlockStore store = open(store())) {
      for (int i = 0; i < 230; i++) {
        store.putHosted(List.of(block(i, SIZE)), owner(i % 3), UNTIL);
      }
      put(store, 0, 100);
      eventually("an index is made", () -> TestStore.index(store()) != null);
      store.drop(addresses(0, 50));
      store.release(addresses(25, 200), owner(0));
      assertMixed(store);
    }
    try (BlockStore store = open(store())) {
      assertMixed(store);
    }
    Files.delete(requireNonNull(TestStore.index(store())));
    try (BlockStore store = open(store())) {
      assertMixed(store);
      String none = String.valueOf(TestStore.index(store()));
      for (int i = 1000; !hasNewIndex(none); i++) {
        put(store, i, i + 1);
      }
    }
    try (BlockStore store = open(store())) {
      assertMixed(store);
    }
  }

  private boolean hasNewIndex(String before) throws IOException {
    Path now = TestStore.index(store());
    return now != null && !now.toString().equals(before);
  }

  private static void assertMixed(BlockStore store) throws IOException {
    for (int i = 0; i < 230; i++) {
      boolean own = i >= 50 && i < 100;
      boolean leased = i % 3 != 0 || i < 25 || i >= 200;
      BlockAddress address = block(i, SIZE).address();
      assertThat(store.contains(address)).as("block %d", i).isEqualTo(own || leased);
      assertThat(store.find(chunk(i))).isEqualTo(own ? address : null);
      if (own || leased) {
        assertThat(store.read(address)).isEqualTo(block(i, SIZE));
      }
    }
    assertThat(TestStore.problems(store)).isEmpty();
  }

  @Test
  void killBetweenTheEndOfTheClaimAndTheHole_isMadeUpForByTheNextStart() throws IOException {
    assumeHoles();
    FaultyDisk disk = new FaultyDisk();
    try (BlockStore store = TestStore.open(disk, store(), FEW_MEGABYTES)) {
      put(store, 0, 100);
      disk.failNext("punch", Integer.MAX_VALUE);
      store.drop(addresses(10, 100));
      assertThat(allocated(store())).isGreaterThan(100 * SIZE);
      disk.failNext("punch", 0);
      Path killed = copy(store(), temporary.resolve("killed"));
      try (BlockStore next = open(killed, FEW_MEGABYTES)) {
        assertThat(allocated(killed)).isLessThan(100 * SIZE / 2);
        assertThere(next, 0, 10);
        assertGone(next, 10, 100);
        assertThat(TestStore.problems(next)).isEmpty();
      }

      store.drop(addresses(0, 1));
      assertThat(allocated(store())).isLessThan(100 * SIZE / 2);
    }
  }

  @Test
  void filesystemWithoutHoles_losesNothing() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    disk.withoutHoles();
    try (BlockStore store = TestStore.open(disk, store(), FEW_MEGABYTES)) {
      put(store, 0, 30);
      assertThat(store.drop(addresses(0, 20))).isEqualTo(20L * SIZE);
      assertGone(store, 0, 20);
      assertThere(store, 20, 30);
    }
    assertThat(store().resolve(CleanMark.NAME)).exists();
  }

  @Test
  void lostFooterOfASegmentWithHoles_bringsNothingBack_andHarmsNoNeighbour() throws IOException {
    try (BlockStore store = open(store(), FEW_MEGABYTES)) {
      put(store, 0, 60);
      store.drop(addresses(10, 30));
    }
    long size = Files.size(segment(store(), 1));
    TestStore.flip(segment(store(), 1), (size - Footer.TRAILER_BYTES - 100) * 8);
    for (int start = 0; start < 2; start++) {
      Files.deleteIfExists(store().resolve(CleanMark.NAME));
      try (BlockStore store = open(store(), FEW_MEGABYTES)) {
        assertThere(store, 0, 10);
        assertGone(store, 10, 30);
        assertThere(store, 30, 60);
        assertThat(store.stats().blocks()).isEqualTo(40);
        store.drop(addresses(30, 40));
        put(store, 30, 40);
        assertThere(store, 30, 60);
      }
    }
  }

  @Test
  void holesInASealedSegment_areRecords_andInTheActiveOneAreNone() throws IOException {
    try (BlockStore store = open(store(), FEW_MEGABYTES)) {
      put(store, 0, 60);
      store.drop(addresses(10, 30));
    }
    try (Directory opened = new LinuxDisk().open(store());
        OpenFile file = opened.openRead(SegmentHeader.name(1))) {
      long end = SegmentHeader.BYTES + 60L * Entry.recordBytes(SIZE);
      assertThat(SegmentScan.sealed(file, end).gaps()).isEmpty();
      assertThat(SegmentScan.sealed(file, end).entries()).hasSize(60);
      assertThat(SegmentScan.active(file, end).entries()).hasSize(40);
    }
  }

  @Test
  void fullDisk_takesTheEndOfAClaimThatFits_andSaysSoWhenNoneDoes() throws IOException {
    FaultyDisk disk = new FaultyDisk();
    try (BlockStore store = TestStore.open(disk, store(), FEW_MEGABYTES)) {
      put(store, 0, 30);
      int[] writes = {1};
      disk.set(
          (call, file) ->
              call.equals("write") && writes[0]-- > 0
                  ? new DiskFullException(file, "No space left on device")
                  : null);
      assertThat(store.drop(addresses(0, 10))).isEqualTo(10L * SIZE);
      assertGone(store, 0, 10);

      disk.full();
      assertThatThrownBy(() -> store.drop(addresses(10, 20)))
          .isInstanceOf(StoreFullException.class);
      disk.set(null);
      assertThere(store, 10, 30);
      assertThat(store.drop(addresses(10, 20))).isEqualTo(10L * SIZE);
      assertGone(store, 0, 20);
      assertThere(store, 20, 30);
    }
  }
}
