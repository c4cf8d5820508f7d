package dotf.dht.store;

import static dotf.dht.store.TestStore.block;
import static dotf.dht.store.TestStore.owner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.SealedBlock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every {@link BlockHost} promises. */
class BlockHostTest {
  private static final Instant UNTIL = Instant.parse("2027-01-01T00:00:00Z");
  private static final int OFFER = 10_000;

  @TempDir Path temporary;

  /** The promises. */
  interface Contract {
    BlockHost open() throws IOException;

    void close(BlockHost host) throws IOException;

    private void with(Check check) throws IOException {
      BlockHost host = open();
      try {
        check.run(host);
      } finally {
        close(host);
      }
    }

    @Test
    default void heldBlock_isThereWhenTheCallReturns() throws IOException {
      with(
          host -> {
            SealedBlock block = block(1, 3000);
            assertThat(host.contains(block.address())).isFalse();
            assertThatThrownBy(() -> host.read(block.address()))
                .isInstanceOf(BlockMissingException.class);
            long _ = host.putHosted(List.of(block), owner(1), UNTIL);
            assertThat(host.contains(block.address())).isTrue();
            assertThat(host.read(block.address())).isEqualTo(block);
          });
    }

    @Test
    default void commitNumbers_grow() throws IOException {
      with(
          host -> {
            SealedBlock block = block(1, 3000);
            long first = host.putHosted(List.of(block), owner(1), UNTIL);
            long again = host.putHosted(List.of(block), owner(1), UNTIL);
            long renewed = host.renew(List.of(block.address()), owner(2), UNTIL);
            assertThat(List.of(first, again, renewed)).doesNotHaveDuplicates().isSorted();
          });
    }

    @Test
    default void offer_isForDistinctBlocks_andItsEndIsTyped() throws IOException {
      with(
          host -> {
            for (int i = 0; i < 5; i++) {
              long _ = host.putHosted(List.of(block(1, 6000)), owner(i), UNTIL);
            }
            assertThatThrownBy(() -> host.putHosted(List.of(block(2, 6000)), owner(1), UNTIL))
                .isInstanceOfSatisfying(
                    HostingRefusedException.class,
                    e -> assertThat(e.reason()).isEqualTo(HostingRefusedException.Reason.QUOTA));
            assertThat(host.contains(block(2, 6000).address())).isFalse();
            long _ = host.putHosted(List.of(block(3, 4000)), owner(1), UNTIL);
          });
    }

    @Test
    default void renewal_needsEveryBlock() throws IOException {
      with(
          host -> {
            long _ = host.putHosted(List.of(block(1, 10)), owner(1), UNTIL);
            List<BlockAddress> both = List.of(block(1, 10).address(), block(2, 10).address());
            assertThatThrownBy(() -> host.renew(both, owner(1), UNTIL))
                .isInstanceOf(BlockMissingException.class);
          });
    }

    @Test
    default void releasedBlock_staysWhileAnotherOwnerHasALease_andThenMakesRoom()
        throws IOException {
      with(
          host -> {
            SealedBlock block = block(1, 6000);
            List<BlockAddress> address = List.of(block.address());
            long _ = host.putHosted(List.of(block), owner(1), UNTIL);
            long _ = host.putHosted(List.of(block), owner(2), UNTIL);

            assertThat(host.release(address, owner(1))).isZero();
            assertThat(host.read(block.address())).isEqualTo(block);
            assertThat(host.release(address, owner(1))).isZero();
            assertThat(host.read(block.address())).isEqualTo(block);

            assertThat(host.release(address, owner(2))).isEqualTo(6000);
            assertThat(host.contains(block.address())).isFalse();
            assertThatThrownBy(() -> host.read(block.address()))
                .isInstanceOf(BlockMissingException.class);
            assertThatThrownBy(() -> host.renew(address, owner(2), UNTIL))
                .isInstanceOf(BlockMissingException.class);
            long _ = host.putHosted(List.of(block(2, 9000)), owner(1), UNTIL);
          });
    }

    @Test
    default void releaseOfWhatIsNotHere_isPassedOver() throws IOException {
      with(
          host -> {
            long _ = host.putHosted(List.of(block(1, 100)), owner(1), UNTIL);
            List<BlockAddress> all = List.of(block(2, 100).address(), block(1, 100).address());
            assertThat(host.release(all, owner(3))).isZero();
            assertThat(host.release(List.of(), owner(1))).isZero();
            assertThat(host.release(all, owner(1))).isEqualTo(100);
          });
    }

    @Test
    default void blockHeldAgainAfterItsRelease_isHeldLikeANewOne() throws IOException {
      with(
          host -> {
            SealedBlock block = block(1, 6000);
            for (int round = 0; round < 3; round++) {
              long _ = host.putHosted(List.of(block), owner(1), UNTIL);
              assertThat(host.read(block.address())).isEqualTo(block);
              assertThat(host.release(List.of(block.address()), owner(1))).isEqualTo(6000);
            }
          });
    }

    @Test
    default void storeId_is16Bytes() throws IOException {
      with(host -> assertThat(host.storeId()).hasSize(16).isEqualTo(host.storeId()));
    }
  }

  /** Something to do with a host. */
  interface Check {
    void run(BlockHost host) throws IOException;
  }

  @Nested
  class OnDisk implements Contract {
    @Override
    public BlockHost open() throws IOException {
      return TestStore.open(
          temporary.resolve("store"), new StoreSettings(1 << 20, OFFER, 256 << 10, 20, 16 << 10));
    }

    @Override
    public void close(BlockHost host) throws IOException {
      ((BlockStore) host).close();
    }
  }

  @Nested
  class InMemory implements Contract {
    @Override
    public BlockHost open() {
      return new MemoryHost(new byte[16], OFFER);
    }

    @Override
    public void close(BlockHost host) {}
  }
}
