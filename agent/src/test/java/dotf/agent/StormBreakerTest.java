package dotf.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.StormBreaker.Answer;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FolderId;
import dotf.fixtures.Seed;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StormBreakerTest {
  private static final long MIB = 1L << 20;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final Random random = Seed.random("storm");
  private final FolderId folder = FolderId.random(random);
  private final StormBreaker breaker = new StormBreaker();
  private Instant now = START;

  private FileKey file(String path) {
    return new FileKey(folder, path);
  }

  private Answer open(String path, long size) {
    return breaker.opened(file(path), size, now);
  }

  private int openMany(String directory, int count, long size) {
    int restored = 0;
    for (int i = 0; i < count; i++) {
      restored += open(directory + "/" + i, size) == Answer.RESTORE ? 1 : 0;
    }
    return restored;
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void ofStubsOpenedAtOnce_eightAreRestored_andTheStormIsToldOnce() {
    assertThat(openMany("a", 8, 5000)).isEqualTo(8);
    assertThat(breaker.reason(now)).isNull();
    pass(Duration.ofSeconds(2));
    assertThat(open("a/8", 5000)).isEqualTo(Answer.HOLD_FROM_NOW_ON);
    assertThat(openMany("b", 591, 5000)).isZero();
    assertThat(open("a/8", 5000)).isEqualTo(Answer.HOLD);
    assertThat(breaker.reason(now))
        .contains("8 files (39.1 KB) were restored within 2 s")
        .contains("592 more were not")
        .contains("dotf allow");
    assertThat(breaker.isHeld(file("a/8"), now)).isTrue();
    assertThat(breaker.isHeld(file("a/7"), now)).isFalse();
  }

  @Test
  void whoeverOpensEightInTenSeconds_again_isNoStorm() {
    for (int round = 0; round < 50; round++) {
      assertThat(openMany("r" + round, 8, 5000)).isEqualTo(8);
      pass(StormBreaker.WINDOW);
    }
    assertThat(breaker.reason(now)).isNull();
  }

  @Test
  void oneFileAlone_mayHaveAnySize_andSmallOnesBesideIt() {
    assertThat(open("film", 4000 * MIB)).isEqualTo(Answer.RESTORE);
    assertThat(open("notes", MIB)).isEqualTo(Answer.RESTORE);
    assertThat(open("another film", 300 * MIB)).isEqualTo(Answer.HOLD_FROM_NOW_ON);
  }

  @Test
  void volume_countsWhatIsBesideTheLargest() {
    assertThat(openMany("a", 3, 100 * MIB)).isEqualTo(3);
    assertThat(open("b", 100 * MIB)).isEqualTo(Answer.HOLD_FROM_NOW_ON);
    assertThat(breaker.reason(now)).contains("3 files (300 MB)");
  }

  @Test
  void aStorm_endsWhenNoStubWasOpenedForAMinute() {
    openMany("a", 20, 5000);
    for (int i = 0; i < 10; i++) {
      pass(StormBreaker.QUIET.minusSeconds(1));
      assertThat(open("late", 5000)).isEqualTo(Answer.HOLD);
    }
    pass(StormBreaker.QUIET.minusSeconds(1));
    assertThat(breaker.reason(now)).isNotNull();
    pass(Duration.ofSeconds(1));
    assertThat(breaker.reason(now)).isNull();
    assertThat(breaker.isHeld(file("late"), now)).isFalse();
    assertThat(open("late", 5000)).isEqualTo(Answer.RESTORE);
  }

  @Test
  void allowing_endsTheStorm_namesWhatWasHeld_andRestoresUncounted() {
    openMany("a", 10, 5000);
    List<FileKey> released = breaker.allow(null, now.plusSeconds(600), now);
    assertThat(released).containsExactly(file("a/8"), file("a/9"));
    assertThat(breaker.reason(now)).isNull();
    assertThat(openMany("b", 1000, 500 * MIB)).isEqualTo(1000);
    pass(Duration.ofMinutes(10));
    assertThat(openMany("c", 1000, 5000)).isEqualTo(8);
  }

  @Test
  void allowingADirectory_leavesTheStormToTheOthers() {
    openMany("a", 10, 5000);
    openMany("ab", 2, 5000);
    assertThat(breaker.allow(file("a"), now.plusSeconds(600), now))
        .containsExactly(file("a/8"), file("a/9"));
    assertThat(breaker.reason(now)).isNotNull();
    assertThat(openMany("a", 100, 5000)).isEqualTo(100);
    assertThat(open("ab/7", 5000)).isEqualTo(Answer.HOLD);
    assertThat(breaker.opened(new FileKey(FolderId.random(random), "a/1"), 1, now))
        .isEqualTo(Answer.HOLD);
    assertThat(breaker.allow(file("ab"), now.plusSeconds(600), now)).hasSize(3);
    assertThat(breaker.reason(now)).isNotNull();
    assertThat(breaker.allow(file(""), now.plusSeconds(600), now)).isEmpty();
    assertThat(open("anything", 5000)).isEqualTo(Answer.RESTORE);
  }

  @Test
  void aLookThatBeganALittleEarlier_endsNoStorm() {
    openMany("a", 9, 5000);

    assertThat(breaker.reason(now.minusMillis(5))).isNotNull();
    assertThat(openMany("b", 9, 5000)).isZero();
  }

  @Test
  void aClockThatIsSetBack_holdsNothingForLong() {
    openMany("a", 20, 5000);
    now = START.minusSeconds(7200);
    assertThat(breaker.reason(now)).isNull();
    assertThat(openMany("b", 20, 5000)).isEqualTo(8);
  }

  @Test
  void whatIsRemembered_isBounded() {
    openMany("a", 3 * StormBreaker.HELD_MAX, 5000);
    for (int i = 0; i < 3 * StormBreaker.PERMISSIONS_MAX; i++) {
      breaker.allow(file("d" + i), now.plusSeconds(i), now);
    }
    assertThat(open("d0/x", 1)).isEqualTo(Answer.HOLD);
    assertThat(open("d299/x", 1)).isEqualTo(Answer.RESTORE);
    assertThat(breaker.allow(null, now, now)).hasSize(StormBreaker.HELD_MAX);
  }

  /** Random openings in simulated time against the rule itself, counted over the whole history. */
  @Test
  void inNoTenSeconds_moreThanTheRuleSaysIsRestored() {
    record Restored(long size, Instant at) {}
    Deque<Restored> history = new ArrayDeque<>();
    for (int i = 0; i < 20_000; i++) {
      pass(Duration.ofMillis(random.nextInt(random.nextInt(200) == 0 ? 90_000 : 700)));
      long size = random.nextInt(20) == 0 ? random.nextLong(2000 * MIB) : random.nextLong(MIB);
      history.removeIf(one -> !now.isBefore(one.at().plus(StormBreaker.WINDOW)));
      List<Long> sizes = new ArrayList<>(history.stream().map(Restored::size).toList());
      sizes.add(size);
      long beside =
          sizes.stream().mapToLong(Long::longValue).sum()
              - sizes.stream().mapToLong(Long::longValue).max().orElseThrow();
      boolean tooMuch = sizes.size() > StormBreaker.FILES_MAX || beside > StormBreaker.BYTES_MAX;
      boolean heldBefore = breaker.reason(now) != null;
      Answer answer = open("f" + i, size);
      assertThat(answer == Answer.RESTORE).as("opening %s", i).isEqualTo(!tooMuch && !heldBefore);
      if (answer == Answer.RESTORE) {
        history.add(new Restored(size, now));
      }
    }
  }
}
