package dotf.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SafetyFiguresTest {
  private static final Instant START = Instant.parse("2026-11-01T00:00:00Z");
  private final SafetyFigures figures = new SafetyFigures();

  private AgentStatus.Safety of(long copied, boolean alone, Duration later) {
    return figures.of(10, copied, 1, alone, START.plus(later));
  }

  @Test
  void filesThatLackCopies_areAtRiskAfterAnHour() {
    assertThat(of(5, false, Duration.ZERO)).isEqualTo(new AgentStatus.Safety(5, 0, 4, 0, 1));
    assertThat(of(6, false, Duration.ofMinutes(59)))
        .isEqualTo(new AgentStatus.Safety(6, 0, 3, 0, 1));
    assertThat(of(6, false, Duration.ofMinutes(60)))
        .isEqualTo(new AgentStatus.Safety(6, 0, 0, 3, 1));
  }

  @Test
  void theHourBeginsAnew_onceAllHadTheirCopies() {
    of(5, false, Duration.ZERO);
    assertThat(of(9, false, Duration.ofMinutes(50)).safe()).isEqualTo(9);
    assertThat(of(5, false, Duration.ofMinutes(61)).atRisk()).isZero();
  }

  @Test
  void whereNobodyElseIsToHoldAnything_filesAreOnlyHere() {
    assertThat(of(10, true, Duration.ofDays(1))).isEqualTo(new AgentStatus.Safety(0, 9, 0, 0, 1));
  }
}
