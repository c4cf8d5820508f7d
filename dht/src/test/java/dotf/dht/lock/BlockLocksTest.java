package dotf.dht.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.block.BlockAddress;
import dotf.dht.identity.NodeId;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BlockLocksTest {
  private static final BlockAddress BLOCK = block(1);
  private static final NodeId LOW = node(1);
  private static final NodeId SELF = node(2);
  private static final NodeId HIGH = node(3);

  private final Set<BlockAddress> here = new HashSet<>(Set.of(BLOCK));
  private long millis = 5_000;
  private long slept;
  private final BlockLocks locks =
      new BlockLocks(
          SELF,
          here::contains,
          () -> millis * 1_000_000,
          () -> Instant.ofEpochMilli(1_000_000 + millis + slept));

  private static BlockAddress block(int number) {
    byte[] bytes = new byte[BlockAddress.BYTES];
    bytes[0] = (byte) (number >> 16);
    bytes[1] = (byte) (number >> 8);
    bytes[2] = (byte) number;
    return BlockAddress.of(bytes);
  }

  private static NodeId node(int number) {
    byte[] bytes = new byte[NodeId.BYTES];
    bytes[0] = (byte) number;
    return NodeId.of(bytes);
  }

  private void grantedBy(NodeId... holders) {
    assertThat(locks.ask(List.of(BLOCK))).containsExactly(BLOCK);
    Moment asked = locks.now();
    for (NodeId holder : holders) {
      locks.granted(holder, List.of(BLOCK), asked);
    }
  }

  @Test
  void aBlockThatIsLockedForAnother_staysUntilTheLockHasEnded() throws IOException {
    assertThat(locks.lock(HIGH, List.of(BLOCK))).containsExactly(BLOCK);

    assertThat(locks.ask(List.of(BLOCK))).isEmpty();
    millis += Standing.LIFE;
    assertThat(locks.ask(List.of(BLOCK))).isEmpty();
    millis++;
    assertThat(locks.ask(List.of(BLOCK))).containsExactly(BLOCK);
  }

  @Test
  void aBlockThatIsNotHere_isLockedForNobody() throws IOException {
    assertThat(locks.lock(HIGH, List.of(block(2), BLOCK))).containsExactly(BLOCK);
  }

  @Test
  void aBlockGoes_whenAsManyAsAreAskedForHaveLockedTheirs() {
    grantedBy(LOW, HIGH);

    assertThat(locks.kept(List.of(BLOCK), 2)).containsExactly(BLOCK);
    assertThat(locks.go(List.of(BLOCK), 3)).isEmpty();
    assertThat(locks.go(List.of(BLOCK), 2)).containsExactly(BLOCK);
  }

  @Test
  void aBlockThatGoes_isLockedForNobody() throws IOException {
    grantedBy(LOW);
    assertThat(locks.go(List.of(BLOCK), 1)).containsExactly(BLOCK);

    assertThat(locks.lock(LOW, List.of(BLOCK))).isEmpty();
    locks.end(List.of(BLOCK));
    assertThat(locks.lock(LOW, List.of(BLOCK))).containsExactly(BLOCK);
  }

  @Test
  void ofTwoThatAskEachOther_theLowerIdGoes() throws IOException {
    grantedBy(LOW, HIGH);

    assertThat(locks.lock(HIGH, List.of(BLOCK))).isEmpty();
    assertThat(locks.lock(LOW, List.of(BLOCK))).containsExactly(BLOCK);
    assertThat(locks.go(List.of(BLOCK), 1)).isEmpty();
  }

  @Test
  void aLockIsNotReliedOn_whenTheMachineHasSleptSince() {
    grantedBy(LOW);

    slept = Standing.USE + 1;
    assertThat(locks.go(List.of(BLOCK), 1)).isEmpty();
  }

  @Test
  void aSleep_endsNoLockThatWasGiven() throws IOException {
    assertThat(locks.lock(HIGH, List.of(BLOCK))).containsExactly(BLOCK);

    slept = 2 * Standing.LIFE;
    assertThat(locks.ask(List.of(BLOCK))).isEmpty();
  }

  @Test
  void oneNodeCanLockOnlySoManyBlocks_andMoreWhenTheyHaveEnded() throws IOException {
    List<BlockAddress> many =
        IntStream.rangeClosed(1, BlockLocks.GIVEN_MAX + 1).mapToObj(i -> block(i)).toList();
    here.addAll(many);

    assertThat(locks.lock(HIGH, many)).hasSize(BlockLocks.GIVEN_MAX);
    assertThat(locks.lock(LOW, many.subList(0, 10))).hasSize(10);
    millis += Standing.LIFE + 1;
    assertThat(locks.lock(HIGH, many.reversed())).hasSize(BlockLocks.GIVEN_MAX);
  }
}
