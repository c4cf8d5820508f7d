package dotf.agent.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.SealedBlock;
import dotf.dht.group.GroupId;
import dotf.dht.group.Receipt;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What whoever pushes to holders and reads from them may rely on, whatever kind they are. */
public abstract class HoldersContract {
  private final Random random = Seed.random("holders");

  /** Holders, one of which is admitted. */
  protected abstract Holders holders();

  /** The one. */
  protected abstract NodeId holder();

  protected abstract PublicKey owner();

  protected abstract GroupId group();

  /** Puts a block into the local store, durably. */
  protected abstract void store(SealedBlock block) throws IOException;

  /** Takes the holder away, or brings it back; returns when that is noticed. */
  protected abstract void reachable(boolean there) throws IOException;

  private List<BlockAddress> stored(int count) throws IOException {
    List<BlockAddress> addresses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] bytes = new byte[1 + random.nextInt(40_000)];
      random.nextBytes(bytes);
      SealedBlock block = SealedBlock.of(ByteBuffer.wrap(bytes));
      store(block);
      addresses.add(block.address());
    }
    return addresses;
  }

  @Test
  void aHolder_isAmongTheOthers_andRankedOnce() throws IOException {
    assertThat(holders().others()).containsExactly(holder());
    assertThat(holders().ranked(stored(1).getFirst())).containsExactly(holder());
    assertThat(holders().reachable(holder())).isTrue();
    assertThat(holders().problems()).isEmpty();
  }

  @Test
  void aReceipt_namesTheBlocks_andCountsForThatStoreAlone() throws IOException {
    List<BlockAddress> blocks = stored(20);
    Receipt receipt = holders().push(holder(), blocks);

    assertThat(receipt.holder()).isEqualTo(holder());
    assertThat(receipt.addresses()).isEqualTo(blocks);
    assertThat(receipt.owner()).isEqualTo(owner());
    assertThat(receipt.group()).isEqualTo(group());
    assertThat(receipt.until()).isAfter(receipt.time());
    Receipt read = Receipt.decode(receipt.encoded());
    assertThat(read.addresses()).isEqualTo(blocks);
    assertThat(holders().vouches(holder(), receipt.store())).isTrue();
    assertThat(holders().vouches(holder(), new StoreId(1, 2))).isFalse();
    assertThat(holders().vouches(NodeId.of(new byte[32]), receipt.store())).isFalse();
    assertThat(receipt.time()).isBefore(Instant.MAX);
  }

  @Test
  void whatWasPushed_comesBackAsItWas() throws IOException {
    List<BlockAddress> blocks = stored(5);
    Receipt _ = holders().push(holder(), blocks);
    for (BlockAddress block : blocks) {
      SealedBlock fetched = holders().fetch(block, List.of(holder()));
      assertThat(fetched.address()).isEqualTo(block);
      assertThat(BlockAddress.ofSealed(fetched.bytes())).isEqualTo(block);
    }
    assertThat(holders().fetch(blocks.getFirst(), List.of()).address())
        .isEqualTo(blocks.getFirst());
  }

  @Test
  void aBlockThatWasNotPushed_isMissing() throws IOException {
    BlockAddress block = stored(1).getFirst();
    assertThatThrownBy(() -> holders().fetch(block, List.of(holder())))
        .isInstanceOf(BlockMissingException.class);
  }

  @Test
  void aHolderThatIsAway_takesNothing_andItsWordStillCounts() throws IOException {
    List<BlockAddress> before = stored(3);
    Receipt receipt = holders().push(holder(), before);
    List<BlockAddress> after = stored(1);
    reachable(false);

    assertThat(holders().reachable(holder())).isFalse();
    assertThat(holders().others()).containsExactly(holder());
    assertThat(holders().vouches(holder(), receipt.store())).isTrue();
    // The fake takes such a push for a mistake of its caller.
    assertThatThrownBy(() -> holders().push(holder(), after))
        .isInstanceOfAny(IOException.class, IllegalStateException.class);
    assertThatThrownBy(() -> holders().fetch(before.getFirst(), List.of(holder())))
        .isInstanceOf(BlockMissingException.class);

    reachable(true);
    assertThat(holders().push(holder(), after).addresses()).isEqualTo(after);
    assertThat(holders().fetch(before.getFirst(), List.of()).address())
        .isEqualTo(before.getFirst());
  }
}
