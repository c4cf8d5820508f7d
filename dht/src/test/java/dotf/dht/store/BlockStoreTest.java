package dotf.dht.store;

import static dotf.dht.store.TestStore.SMALL;
import static dotf.dht.store.TestStore.block;
import static dotf.dht.store.TestStore.chunk;
import static dotf.dht.store.TestStore.open;
import static dotf.dht.store.TestStore.owner;
import static dotf.fixtures.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.SealedBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockStoreTest {
  private static final Instant UNTIL = Instant.parse("2027-01-01T00:00:00Z");

  @TempDir Path temporary;

  private Path directory() {
    return temporary.resolve("store");
  }

  @Test
  void committedBlock_isReadAndFound() throws IOException {
    SealedBlock block = block(1, 5000);
    try (BlockStore store = open(directory())) {
      store.put(block, chunk(1));
      store.commit();

      assertThat(store.read(block.address())).isEqualTo(block);
      assertThat(store.readFromDisk(block.address())).isEqualTo(block);
      assertThat(store.find(chunk(1))).isEqualTo(block.address());
      assertThat(store.find(chunk(2))).isNull();
      assertThat(store.contains(block.address())).isTrue();
    }
  }

  @Test
  void blockOfEachExtremeSize_isReadBack() throws IOException {
    try (BlockStore store = open(directory(), StoreSettings.of(1L << 30, 0))) {
      for (int size : new int[] {1, 4096, SealedBlock.BYTES_MAX - 1, SealedBlock.BYTES_MAX}) {
        SealedBlock block = block(size, size);
        store.put(block, null);
        store.commit();
        assertThat(store.read(block.address())).isEqualTo(block);
      }
    }
  }

  @Test
  void absentBlock_isMissing() throws IOException {
    try (BlockStore store = open(directory())) {
      assertThatThrownBy(() -> store.read(block(1, 10).address()))
          .isInstanceOf(BlockMissingException.class);
    }
  }

  @Test
  void putAgain_takesNoSpace_alsoWithinOneBatchAndAfterReopening() throws IOException {
    SealedBlock block = block(1, 5000);
    long bytes;
    try (BlockStore store = open(directory())) {
      store.put(block, chunk(1));
      store.put(block, chunk(1));
      assertThat(store.find(chunk(1))).isEqualTo(block.address());
      store.commit();
      bytes = store.stats().diskBytes();
      store.put(block, chunk(1));
      store.commit();
      assertThat(store.stats().diskBytes()).isEqualTo(bytes);
    }
    try (BlockStore store = open(directory())) {
      store.put(block, chunk(1));
      store.commit();
      assertThat(store.stats().diskBytes()).isEqualTo(bytes);
      assertThat(store.stats().blocks()).isEqualTo(1);
    }
  }

  @Test
  void blocksOfManySegments_areFoundAfterReopening() throws IOException {
    try (BlockStore store = open(directory())) {
      putRange(store, 0, 200);
      assertThat(store.stats().segments()).isGreaterThan(5);
      assertRange(store, 0, 200);
    }
    try (BlockStore store = open(directory())) {
      assertRange(store, 0, 200);
      assertThat(store.stats().blocks()).isEqualTo(200);
      assertThat(TestStore.problems(store)).isEmpty();
    }
  }

  @Test
  void manySegments_getAnIndex_andLosingItLosesNothing() throws IOException {
    StoreStats before;
    try (BlockStore store = open(directory())) {
      putRange(store, 0, 230);
      before = store.stats();
      eventually("an index is made", () -> TestStore.index(directory()) != null);
      assertRange(store, 0, 230);
    }
    try (BlockStore store = open(directory())) {
      assertThat(TestStore.index(directory())).isNotNull();
      assertRange(store, 0, 230);
    }
    Files.delete(requireNonNull(TestStore.index(directory())));
    try (BlockStore store = open(directory())) {
      assertRange(store, 0, 230);
      putRange(store, 0, 230);
      assertThat(store.stats()).isEqualTo(before);
      assertThat(store.find(chunk(230))).isNull();
    }
  }

  @Test
  void damagedIndex_neverMakesABlockWrong_andRemovingItMendsAll() throws IOException {
    try (BlockStore store = open(directory())) {
      putRange(store, 0, 230);
      eventually("an index is made", () -> TestStore.index(directory()) != null);
    }
    Path index = requireNonNull(TestStore.index(directory()));
    byte[] bytes = Files.readAllBytes(index);
    for (int i = 64; i < bytes.length; i += 128) {
      bytes[i] ^= 0x55;
    }
    Files.write(index, bytes);
    try (BlockStore store = open(directory())) {
      for (int i = 0; i < 230; i++) {
        SealedBlock block = block(i, 1000 + i);
        try {
          assertThat(store.read(block.address())).isEqualTo(block);
        } catch (IOException e) {
          assertThat(e.getMessage()).isNotBlank();
        }
      }
    }
    Files.deleteIfExists(index);
    try (BlockStore store = open(directory())) {
      assertRange(store, 0, 230);
      assertThat(store.stats().blocks()).isEqualTo(230);
    }
  }

  @Test
  void storeId_staysAndIsNewForANewStore() throws IOException {
    byte[] id;
    try (BlockStore store = open(directory())) {
      id = store.storeId();
      assertThat(id).hasSize(16);
    }
    try (BlockStore store = open(directory())) {
      assertThat(store.storeId()).isEqualTo(id);
    }
    try (BlockStore other =
        BlockStore.open(
            new dotf.chunker.disk.LinuxDisk(),
            temporary.resolve("other"),
            SMALL,
            new java.util.Random(2),
            health -> {})) {
      assertThat(other.storeId()).isNotEqualTo(id);
    }
  }

  @Test
  void secondOpener_isRefusedInWords() throws IOException {
    try (BlockStore store = open(directory())) {
      assertThatThrownBy(() -> open(directory()))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use by another dotf");
      store.put(block(1, 10), null);
      store.commit();
    }
    open(directory()).close();
  }

  @Test
  void hostedBlock_isKeptWithItsLease_andRenewalNeverShortens() throws IOException {
    SealedBlock block = block(1, 5000);
    try (BlockStore store = open(directory())) {
      long first = store.putHosted(List.of(block), owner(1), UNTIL);
      long second = store.renew(List.of(block.address()), owner(1), UNTIL.minusSeconds(60));
      long third = store.putHosted(List.of(block), owner(2), UNTIL.plusSeconds(60));

      assertThat(second).isGreaterThan(first);
      assertThat(third).isGreaterThan(second);
      assertThat(store.read(block.address())).isEqualTo(block);
      assertThat(store.stats().hostedBlocks()).isEqualTo(1);
      assertThat(store.stats().hostedBytes()).isEqualTo(5000);
    }
    try (BlockStore store = open(directory())) {
      List<HostedBlock> hosted = new ArrayList<>();
      store.hostedBlocks(hosted::add);
      assertThat(hosted)
          .extracting(HostedBlock::until)
          .containsExactlyInAnyOrder(UNTIL, UNTIL.plusSeconds(60));
      assertThat(store.renew(List.of(block.address()), owner(1), UNTIL)).isGreaterThan(3);
    }
  }

  @Test
  void renewOfAnAbsentBlock_prolongsNothing() throws IOException {
    SealedBlock block = block(1, 5000);
    try (BlockStore store = open(directory())) {
      store.putHosted(List.of(block), owner(1), UNTIL);
      List<BlockAddress> addresses = List.of(block.address(), block(2, 10).address());
      assertThatThrownBy(() -> store.renew(addresses, owner(1), UNTIL.plusSeconds(9)))
          .isInstanceOf(BlockMissingException.class);
      store.hostedBlocks(hosted -> assertThat(hosted.until()).isEqualTo(UNTIL));
    }
  }

  @Test
  void ownAndHosted_canCoincide_inEitherOrder() throws IOException {
    SealedBlock hostedFirst = block(1, 100);
    SealedBlock ownFirst = block(2, 100);
    try (BlockStore store = open(directory())) {
      store.putHosted(List.of(hostedFirst), owner(1), UNTIL);
      store.put(ownFirst, chunk(2));
      store.commit();
      store.put(hostedFirst, chunk(1));
      store.commit();
      store.putHosted(List.of(ownFirst), owner(1), UNTIL);
      assertBoth(store);
    }
    try (BlockStore store = open(directory())) {
      assertBoth(store);
      assertThat(store.find(chunk(1))).isEqualTo(hostedFirst.address());
    }
  }

  private static void assertBoth(BlockStore store) throws IOException {
    List<OwnBlock> own = new ArrayList<>();
    List<HostedBlock> hosted = new ArrayList<>();
    store.ownBlocks(own::add);
    store.hostedBlocks(hosted::add);
    assertThat(own).hasSize(2);
    assertThat(hosted).hasSize(2);
    assertThat(store.stats().blocks()).isEqualTo(2);
    assertThat(store.stats().bytes()).isEqualTo(200);
    assertThat(store.stats().hostedBlocks()).isEqualTo(2);
  }

  @Test
  void usedUpOffer_refusesOthersBlocks_whileOwnBlocksStillGo() throws IOException {
    try (BlockStore store =
        open(directory(), new StoreSettings(1 << 20, 3000, 256 << 10, 20, 16 << 10))) {
      store.putHosted(List.of(block(1, 2000)), owner(1), UNTIL);
      assertThatThrownBy(() -> store.putHosted(List.of(block(2, 2000)), owner(1), UNTIL))
          .isInstanceOfSatisfying(
              HostingRefusedException.class,
              e -> assertThat(e.reason()).isEqualTo(HostingRefusedException.Reason.QUOTA));
      store.put(block(3, 100_000), null);
      store.commit();
      assertThat(store.contains(block(3, 100_000).address())).isTrue();
    }
  }

  @Test
  void reachedLimit_refusesEverybody_andKeepsWhatThereIs() throws IOException {
    try (BlockStore store =
        open(directory(), new StoreSettings(10_000, 1 << 20, 256 << 10, 20, 16 << 10))) {
      store.put(block(1, 9000), null);
      store.commit();
      assertThatThrownBy(() -> store.put(block(2, 2000), null))
          .isInstanceOf(StoreFullException.class);
      assertThatThrownBy(() -> store.putHosted(List.of(block(3, 2000)), owner(1), UNTIL))
          .isInstanceOfSatisfying(
              HostingRefusedException.class,
              e -> assertThat(e.reason()).isEqualTo(HostingRefusedException.Reason.FULL));
      assertThat(store.read(block(1, 9000).address())).isEqualTo(block(1, 9000));
    }
  }

  @Test
  void ownBlocks_areToldOnceEach() throws IOException {
    try (BlockStore store = open(directory())) {
      putRange(store, 0, 50);
      store.putHosted(List.of(block(1000, 10)), owner(1), UNTIL);
      store.replaceDamaged(block(7, 1007));
      List<BlockAddress> told = new ArrayList<>();
      store.ownBlocks(own -> told.add(own.address()));
      assertThat(told).hasSize(50).doesNotHaveDuplicates().isSorted();
    }
  }

  @Test
  void eightThreads_putFindAndReadAtOnce() throws Exception {
    try (BlockStore store = open(directory());
        var threads = Executors.newFixedThreadPool(8)) {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        int thread = t;
        Callable<Boolean> work =
            () -> {
              // Every second range is shared, so that threads also put the same blocks.
              int first = (thread / 2) * 100;
              for (int i = first; i < first + 100; i += 10) {
                putRange(store, i, i + 10);
                assertRange(store, first, i + 10);
              }
              return true;
            };
        results.add(threads.submit(work));
      }
      for (Future<Boolean> result : results) {
        assertThat(result.get()).isTrue();
      }
      assertThat(store.stats().blocks()).isEqualTo(400);
      assertThat(TestStore.problems(store)).isEmpty();
    }
  }

  @Test
  void interruptedThread_harmsNobody() throws Exception {
    try (BlockStore store = open(directory())) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(
              () -> {
                store.put(block(1, 100), null);
                store.commit();
              })
          .isInstanceOf(IOException.class);
      assertThat(Thread.interrupted()).isTrue();
      putRange(store, 0, 30);
      assertRange(store, 0, 30);
    }
  }

  @Test
  void closedStore_refusesInWords() throws IOException {
    BlockStore store = open(directory());
    store.close();
    assertThatThrownBy(() -> store.put(block(1, 10), null))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("closed");
  }

  private static void putRange(BlockStore store, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      store.put(block(i, 1000 + i), chunk(i));
    }
    store.commit();
  }

  private static void assertRange(BlockStore store, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      SealedBlock block = block(i, 1000 + i);
      assertThat(store.read(block.address())).isEqualTo(block);
      assertThat(store.find(chunk(i))).isEqualTo(block.address());
    }
  }
}
