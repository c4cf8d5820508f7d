package dotf.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.SimulatedTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MassChangeTest {
  private static final long HUGE = 100_000;

  private final SimulatedTime time = new SimulatedTime(Instant.parse("2026-11-21T04:00:00Z"));
  private final MassChange change = new MassChange();

  private static List<String> paths(int count) {
    return IntStream.range(0, count).mapToObj(i -> "p" + i).toList();
  }

  private boolean isMany(int more, long entries) {
    return change.isMany(paths(more), entries, time.instant());
  }

  @Test
  void moreThanAHundred_areMany_inAnyFolder() {
    assertThat(isMany(100, HUGE)).isFalse();
    assertThat(isMany(101, HUGE)).isTrue();
  }

  @Test
  void moreThanAQuarter_isMuch_butNotInASmallFolder() {
    assertThat(isMany(20, 80)).isFalse();
    assertThat(isMany(20, 79)).isTrue();
    assertThat(isMany(19, 19)).isFalse();
  }

  @Test
  void whatComesSlowly_isCountedTogether_untilItIsOld() {
    for (String path : paths(90)) {
      change.note(path, time.instant());
      time.advance(Duration.ofSeconds(1));
    }
    assertThat(isMany(101, HUGE)).as("the same files once more").isTrue();
    assertThat(isMany(90, HUGE)).as("the same files").isFalse();
    assertThat(change.isMany(List.of("x1", "x2"), HUGE, time.instant())).isFalse();
    List<String> others = paths(101).subList(90, 101);
    assertThat(change.isMany(others, HUGE, time.instant())).isTrue();
    time.advance(MassChange.WINDOW);
    assertThat(change.isMany(others, HUGE, time.instant())).isFalse();
  }
}
