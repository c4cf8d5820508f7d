package dotf.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpellingTest {
  private static final List<String> KNOWN =
      List.of("status", "start", "stop", "ls", "cat", "config", "port", "quarantine");

  @ParameterizedTest
  @CsvSource({
    "statsu, status",
    "stat, status",
    "strat, start",
    "quarantene, quarantine",
    "prt, port",
    "confg, config"
  })
  void closeWord_isMeant(String typed, String meant) {
    assertThat(Spelling.nearest(typed, KNOWN)).contains(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"frobnicate", "foo", "x", ""})
  void nothingClose_nothingIsGuessed(String typed) {
    assertThat(Spelling.nearest(typed, KNOWN)).isEmpty();
  }
}
