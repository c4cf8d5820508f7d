package dotf.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.fixtures.Seed;
import dotf.watcher.Settler.Settled;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SettlerTest {
  private static final Duration QUIET = Duration.ofSeconds(10);
  private static final Duration MAXIMUM = Duration.ofSeconds(60);
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private final Settler settler = new Settler(QUIET, MAXIMUM, 100);

  @Test
  void quietPath_isDueAfterTheQuietTimeAndOnlyOnce() {
    settler.changed("a", START);
    assertThat(settler.nextDue()).isEqualTo(at(10));
    assertThat(settler.due(at(9))).isEmpty();
    assertThat(settler.due(at(10))).containsExactly(new Settled("a", false));
    assertThat(settler.due(at(1000))).isEmpty();
    assertThat(settler.nextDue()).isNull();
  }

  @Test
  void busyPath_isDueAfterTheMaximum() {
    for (int second = 0; second < 60; second += 5) {
      settler.changed("a", at(second));
      assertThat(settler.due(at(second))).isEmpty();
    }
    assertThat(settler.due(at(60))).containsExactly(new Settled("a", false));
  }

  @Test
  void due_isLongestAtRestFirst() {
    settler.changed("a", at(0));
    settler.changed("b", at(1));
    settler.changed("a", at(2));
    assertThat(settler.due(at(20)))
        .containsExactly(new Settled("b", false), new Settled("a", false));
  }

  @Test
  void takeAll_doesNotWait_andLeavesNothing() {
    settler.changed("b", at(0));
    settler.rescan("d", at(1));
    settler.changed("d/x", at(2));
    settler.changed("a", at(2));
    assertThat(settler.takeAll())
        .containsExactlyInAnyOrder(
            new Settled("b", false), new Settled("d", true), new Settled("a", false));
    assertThat(settler.size()).isZero();
    assertThat(settler.nextDue()).isNull();
    settler.changed("d/x", at(3));
    assertThat(settler.due(at(13))).containsExactly(new Settled("d/x", false));
  }

  @Test
  void rescan_takesInWhatIsBelowAndWhatComes() {
    settler.changed("d/x", at(0));
    settler.changed("d!", at(0));
    settler.changed("d", at(0));
    settler.rescan("d", at(1));
    settler.changed("d/y/z", at(5));
    assertThat(settler.due(at(14))).containsExactly(new Settled("d!", false));
    assertThat(settler.due(at(15))).containsExactly(new Settled("d", true));
  }

  @Test
  void rescanOfTheFolder_takesInAll() {
    settler.changed("a", at(0));
    settler.rescan("b", at(0));
    settler.rescan("", at(0));
    settler.changed("c/d", at(0));
    assertThat(settler.due(at(10))).containsExactly(new Settled("", true));
  }

  @Test
  void forget_takesAwayAPathAndWhatIsBelow() {
    settler.changed("d", at(0));
    settler.changed("d/x", at(0));
    settler.changed("da", at(0));
    settler.forget("d");
    assertThat(settler.due(at(99))).containsExactly(new Settled("da", false));
    settler.changed("e", at(100));
    settler.forget("");
    assertThat(settler.size()).isZero();
  }

  @Test
  void pastTheLimit_theNoisyDirectoryBecomesARescan() {
    settler.changed("quiet/file", at(0));
    for (int i = 0; i < 1000; i++) {
      settler.changed("noisy/deep/" + i, at(1));
      assertThat(settler.size()).isLessThanOrEqualTo(100);
    }
    assertThat(settler.due(at(20)))
        .containsExactlyInAnyOrder(
            new Settled("quiet/file", false), new Settled("noisy/deep", true));
  }

  @Test
  void clockThatJumpsBack_startsThePendingAnew() {
    settler.changed("a", at(0));
    Instant back = START.minusSeconds(86_400);
    assertThat(settler.due(back)).isEmpty();
    assertThat(settler.due(back.plus(QUIET))).containsExactly(new Settled("a", false));
  }

  @Test
  void senselessTimes_areRefused() {
    assertThatThrownBy(() -> new Settler(Duration.ofSeconds(2), Duration.ofSeconds(1), 100))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void belowTheLimit_agreesWithTheNaiveModel() {
    for (int round = 0; round < 50; round++) {
      Random random = Seed.random("settler" + round);
      Settler tested = new Settler(QUIET, MAXIMUM, 1000);
      Map<String, Instant> first = new HashMap<>();
      Map<String, Instant> last = new HashMap<>();
      Instant now = START;
      for (int step = 0; step < 200; step++) {
        now = now.plusMillis(random.nextInt(3000));
        String path = "p" + random.nextInt(20);
        tested.changed(path, now);
        first.putIfAbsent(path, now);
        last.put(path, now);
        now = now.plusMillis(random.nextInt(1000));
        Set<String> expected = new HashSet<>();
        for (String pending : first.keySet()) {
          Instant rested = last.getOrDefault(pending, now).plus(QUIET);
          Instant latest = first.getOrDefault(pending, now).plus(MAXIMUM);
          if (!now.isBefore(rested) || !now.isBefore(latest)) {
            expected.add(pending);
          }
        }
        first.keySet().removeAll(expected);
        last.keySet().removeAll(expected);
        assertThat(tested.due(now)).extracting(Settled::path).hasSameElementsAs(expected);
        assertThat(tested.size()).isEqualTo(first.size());
      }
    }
  }

  @Test
  void atTheLimit_nothingIsLostOrLate() {
    for (int round = 0; round < 30; round++) {
      Random random = Seed.random("limit" + round);
      int limit = 2 + random.nextInt(20);
      Settler tested = new Settler(QUIET, MAXIMUM, limit);
      Map<String, Instant> owed = new HashMap<>();
      Instant now = START;
      for (int step = 0; step < 500; step++) {
        now = now.plusMillis(random.nextInt(2000));
        String path = randomPath(random);
        if (random.nextInt(50) == 0) {
          tested.rescan(path, now);
        } else {
          tested.changed(path, now);
        }
        owed.putIfAbsent(path, now);
        assertThat(tested.size()).isLessThanOrEqualTo(limit + 1);
        for (Settled settled : tested.due(now)) {
          owed.keySet().removeIf(p -> p.equals(settled.path()) || covers(settled, p));
        }
        Instant late = now.minus(MAXIMUM);
        assertThat(owed.values().stream().allMatch(late::isBefore)).isTrue(); // I3
      }
      for (Settled settled : tested.due(now.plus(MAXIMUM))) {
        owed.keySet().removeIf(p -> p.equals(settled.path()) || covers(settled, p));
      }
      assertThat(owed).isEmpty();
      assertThat(tested.nextDue()).isNull();
    }
  }

  private static boolean covers(Settled settled, String path) {
    return settled.rescan() && (settled.path().isEmpty() || path.startsWith(settled.path() + "/"));
  }

  private static String randomPath(Random random) {
    StringBuilder path = new StringBuilder("r" + random.nextInt(3));
    for (int depth = random.nextInt(3); depth > 0; depth--) {
      path.append('/').append((char) ('a' + random.nextInt(4)));
    }
    return path.toString();
  }

  private static Instant at(int second) {
    return START.plusSeconds(second);
  }
}
