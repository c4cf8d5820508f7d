package dotf.service.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.service.text.CommandException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimesTest {
  @Test
  void parse_everyUnit() throws CommandException {
    assertThat(Times.parse("500ms")).isEqualTo(Duration.ofMillis(500));
    assertThat(Times.parse("60")).isEqualTo(Duration.ofSeconds(60));
    assertThat(Times.parse("60s")).isEqualTo(Duration.ofSeconds(60));
    assertThat(Times.parse("10m")).isEqualTo(Duration.ofMinutes(10));
    assertThat(Times.parse("24h")).isEqualTo(Duration.ofHours(24));
    assertThat(Times.parse("30d")).isEqualTo(Duration.ofDays(30));
  }

  @Test
  void parse_anythingElse_saysWhatATimeLooksLike() {
    for (String wrong : new String[] {"", "-1s", "1.5h", "99999999999s", "s", "1 m"}) {
      assertThatThrownBy(() -> Times.parse(wrong)).hasMessageContaining("such as 60s");
    }
  }
}
