package dotf.service.text;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.SimulatedTime;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final SimulatedTime time = new SimulatedTime(Instant.EPOCH);

  @Test
  void at_halfWay_showsBarSpeedAndTimeLeft() {
    ProgressLine line = new ProgressLine("restoring", time);
    time.advance(Duration.ofSeconds(10));

    assertThat(line.at(5, 10, 50L << 20, 100L << 20))
        .isEqualTo("restoring [##########----------] 5/10 files  50.0 MB/100 MB  5.0 MB/s  10 s");
  }

  @Test
  void at_nothingKnownYet_neitherFailsNorGuesses() {
    assertThat(new ProgressLine("freeing", time).at(0, 0, 0, 0))
        .isEqualTo("freeing [--------------------] 0/0 files  0 B/0 B");
  }
}
