package dotf.chunker.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.block.Hash;
import dotf.chunker.manifest.VersionVector.Order;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class VersionVectorTest {
  private static final Hash LAPTOP = new Hash(1, 0, 0, 0);
  private static final Hash TOWER = new Hash(2, 0, 0, 0);

  @Test
  void compare_changesOfOneDevice_areBeforeAndAfter() {
    VersionVector first = VersionVector.NONE.next(LAPTOP);
    VersionVector second = first.next(TOWER);

    assertThat(first.compare(second)).isEqualTo(Order.BEFORE);
    assertThat(second.compare(first)).isEqualTo(Order.AFTER);
    assertThat(second.compare(second)).isEqualTo(Order.SAME);
    assertThat(second.total()).isEqualTo(2);
  }

  @Test
  void compare_changesThatDoNotKnowOfEachOther_areConcurrentUntilMerged() {
    VersionVector base = VersionVector.NONE.next(LAPTOP);
    VersionVector here = base.next(LAPTOP);
    VersionVector there = base.next(TOWER);

    assertThat(here.compare(there)).isEqualTo(Order.CONCURRENT);
    assertThat(here.merge(there).compare(there)).isEqualTo(Order.AFTER);
    assertThat(here.merge(there)).isEqualTo(there.merge(here));
  }

  @Test
  void vector_aCountBelowOne_isNone() {
    TreeMap<Hash, Long> changes = new TreeMap<>();
    changes.put(LAPTOP, 0L);

    assertThatThrownBy(() -> new VersionVector(changes))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
