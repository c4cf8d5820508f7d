package dotf.agent;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.Bursts.Burst;
import dotf.agent.Bursts.Change;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FolderId;
import dotf.agent.journal.Versions;
import dotf.fixtures.Seed;
import dotf.fixtures.SimulatedTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BurstsTest {
  private static final Duration PAUSE = Bursts.GAP.plusSeconds(1);

  private final Random random = Seed.random("bursts");
  private final SimulatedTime time = new SimulatedTime(Instant.parse("2026-11-21T04:00:00Z"));
  private final List<Change> changes = new ArrayList<>();

  private Change add(String path, boolean deleted, boolean held) {
    Change change =
        new Change(
            new FileKey(new FolderId(1, 1), path),
            Versions.random(random),
            time.instant(),
            deleted,
            held);
    changes.add(random.nextInt(changes.size() + 1), change);
    return change;
  }

  private Burst last() {
    return requireNonNull(Bursts.last(changes));
  }

  @Test
  void nothing_hasNoLastBurst() {
    assertThat(Bursts.last(changes)).isNull();
  }

  @Test
  void aPause_partsBursts_andTheLastOneCounts() {
    add("old", true, false);
    time.advance(PAUSE);
    Change one = add("a", true, false);
    time.advance(Bursts.GAP);
    Change two = add("b", false, false);
    assertThat(last().changes()).containsExactly(one, two);
    assertThat(last().deleted()).isEqualTo(1);
    assertThat(last().rewritten()).isEqualTo(1);
  }

  @Test
  void aFileThatChangedSeveralTimes_goesBackToWhatItWasFirst() {
    Change first = add("a", false, false);
    time.advance(Duration.ofSeconds(1));
    add("a", false, false);
    time.advance(Duration.ofSeconds(1));
    add("a", true, false);
    assertThat(last().losses()).hasSize(1);
    assertThat(last().losses().getFirst().first()).isEqualTo(first);
    assertThat(last().losses().getFirst().isDeletion()).isTrue();
    assertThat(last().losses().getFirst().changes()).hasSize(3);
  }

  @Test
  void whatIsHeld_comesBeforeWhatIsNewer_andTakesAlongWhatBelongsToIt() {
    Change before = add("a", true, false);
    time.advance(Duration.ofSeconds(5));
    Change held = add("b", true, true);
    time.advance(PAUSE);
    add("c", true, false);
    assertThat(last().changes()).containsExactly(before, held);
    assertThat(last().isHeld()).isTrue();
  }
}
