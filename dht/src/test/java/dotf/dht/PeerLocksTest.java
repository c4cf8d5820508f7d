package dotf.dht;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.Hash;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PeerLocksTest {
  private static final long TEN_MINUTES = Duration.ofMinutes(10).toNanos();

  private final PeerLocks locks = new PeerLocks();

  @Test
  void begin_moreThanMay_takesTheFirstAndThoseAlreadyLocked() {
    List<BlockAddress> all = blocks(0, PeerLocks.MAX + 10);
    assertThat(locks.begin(all, 1, 0)).isEqualTo(all.subList(0, PeerLocks.MAX));

    assertThat(locks.begin(List.of(all.getFirst(), all.getLast()), 2, 0))
        .containsExactly(all.getFirst());
    locks.end(all.subList(5, 6), 3);
    assertThat(locks.begin(all.subList(PeerLocks.MAX, PeerLocks.MAX + 2), 4, 0)).hasSize(1);
  }

  @Test
  void locked_whatWasNotKept_isNotCounted() {
    List<BlockAddress> all = blocks(0, 10);
    locks.begin(all, 1, 0);
    locks.locked(all, Set.of(all.getFirst()));

    assertThat(locks.size()).isEqualTo(1);
  }

  @Test
  void end_overtakenByALaterLock_endsOnlyTheOthers() {
    List<BlockAddress> all = blocks(0, 3);
    locks.begin(all, 1, 0);
    locks.begin(all.subList(0, 1), 3, 0);

    assertThat(locks.end(all, 2)).isEqualTo(all.subList(1, 3));
    assertThat(locks.end(all, 4)).isEqualTo(all);
    assertThat(locks.size()).isZero();
  }

  @Test
  void begin_ofALockThatWasOvertaken_doesNotMakeTheNewerOneOlder() {
    List<BlockAddress> all = blocks(0, 1);
    locks.begin(all, 5, 0);
    locks.begin(all, 1, 0);

    assertThat(locks.end(all, 4)).isEmpty();
  }

  @Test
  void lost_locksCountTenMinutesMore_andNotThoseMadeSince() {
    List<BlockAddress> all = blocks(0, PeerLocks.MAX);
    locks.begin(all, 1, 0);
    locks.lost(0);
    assertThat(locks.begin(blocks(PeerLocks.MAX, 1), 2, TEN_MINUTES)).isEmpty();
    locks.begin(all.subList(0, 1), 3, TEN_MINUTES);

    assertThat(locks.begin(blocks(PeerLocks.MAX, 1), 4, TEN_MINUTES + 1)).hasSize(1);
    assertThat(locks.size()).isEqualTo(2);
  }

  private static List<BlockAddress> blocks(int from, int count) {
    return LongStream.range(from, from + count)
        .mapToObj(i -> new BlockAddress(new Hash(i, 0, 0, 0)))
        .toList();
  }
}
