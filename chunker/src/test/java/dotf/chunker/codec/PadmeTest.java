package dotf.chunker.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class PadmeTest {
  @Test
  void pad_everyLengthOfABlock_growsByAtMostTwelvePerCentAndIsStable() {
    TreeSet<Integer> lengths = new TreeSet<>();
    TreeSet<Integer> wrong = new TreeSet<>();
    for (int length = 1; length <= 1 << 20; length++) {
      int padded = Padme.pad(length);
      lengths.add(padded);
      if (padded < length || padded - length > length * 12 / 100 || Padme.pad(padded) != padded) {
        wrong.add(length);
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(lengths).hasSizeLessThan(512);
    assertThat(lengths.last()).isEqualTo(1 << 20);
  }

  @Test
  void pad_theLargestChunkSealed_isExactlyAMebibyte() {
    assertThat(Padme.pad(BlockCodec.PLAIN_MAX + 52)).isEqualTo(1 << 20);
  }

  @Test
  void pad_anExampleWorkedByHand() {
    // 2^9 <= 1000 < 2^10, 9 has 4 bits: 9 - 4 = 5 low bits go.
    assertThat(Padme.pad(1000)).isEqualTo(1024);
    assertThat(Padme.pad(993)).isEqualTo(1024);
    assertThat(Padme.pad(992)).isEqualTo(992);
  }
}
