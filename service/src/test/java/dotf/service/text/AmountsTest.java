package dotf.service.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AmountsTest {
  @Test
  void size_acrossUnits_isShortAndExactWhereItCanBe() {
    assertThat(Amounts.size(0)).isEqualTo("0 B");
    assertThat(Amounts.size(1023)).isEqualTo("1023 B");
    assertThat(Amounts.size(1024)).isEqualTo("1.0 KB");
    assertThat(Amounts.size(4_294_967_296L)).isEqualTo("4.0 GB");
    assertThat(Amounts.size(150L << 20)).isEqualTo("150 MB");
    assertThat(Amounts.size(Long.MAX_VALUE)).isEqualTo("8.0 EB");
    assertThat(Amounts.size(-2048)).isEqualTo("-2.0 KB");
  }

  @Test
  void count_oneAndMany_agreeWithTheNoun() {
    assertThat(Amounts.count(1, "file", "files")).isEqualTo("1 file");
    assertThat(Amounts.count(12_345, "file", "files")).isEqualTo("12,345 files");
  }

  @Test
  void duration_shortAndLong_useFittingUnits() {
    assertThat(Amounts.duration(Duration.ofMillis(900))).isEqualTo("0 s");
    assertThat(Amounts.duration(Duration.ofSeconds(119))).isEqualTo("1 min");
    assertThat(Amounts.duration(Duration.ofMinutes(310))).isEqualTo("5 h 10 min");
    assertThat(Amounts.duration(Duration.ofDays(4))).isEqualTo("4 d");
  }
}
