package dotf.dht.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.dht.lock.World.Rule;
import dotf.fixtures.Seed;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every order in which three nodes can let two blocks go: requests and answers that are lost or
 * come late, time that passes, machines that crash, and what they do next. {@code -Dcampaign=long}
 * allows more of each.
 */
class LockExplorerTest {
  /** What one search saw. */
  private record Seen(int worlds, int gone, @Nullable World wrong) {}

  /** What may happen in one search. */
  record Limits(int copies, int blocks, int crashes, int steps) {}

  static Stream<Limits> limits() {
    return Seed.longCampaign()
        ? Stream.of(new Limits(1, 2, 1, 2), new Limits(2, 2, 1, 2), new Limits(1, 2, 2, 1))
        : Stream.of(
            new Limits(1, 2, 1, 0),
            new Limits(2, 2, 1, 0),
            new Limits(1, 1, 2, 0),
            new Limits(2, 1, 2, 0),
            new Limits(1, 1, 0, 2));
  }

  @ParameterizedTest
  @MethodSource("limits")
  void noOrderOfEvents_leavesFewerHoldersThanCopies(Limits limits) {
    Seen seen = explore(Rule.TRUE, limits);

    System.out.printf("%s: %,d states, a copy gone in %,d%n", limits, seen.worlds, seen.gone);
    assertThat(seen.wrong).isNull();
    assertThat(seen.gone).as("states in which a copy went").isPositive();
  }

  @ParameterizedTest
  @EnumSource(
      value = Rule.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"TRUE"})
  void aWeakerRule_isCaught(Rule weaker) {
    boolean caught =
        Stream.of(new Limits(1, 1, 1, 0), new Limits(1, 2, 0, 2))
            .anyMatch(limits -> explore(weaker, limits).wrong != null);

    assertThat(caught).as("an order of events that loses the last copy with %s", weaker).isTrue();
  }

  private static Seen explore(Rule rule, Limits limits) {
    World start = World.start(rule, limits.copies, limits.blocks, limits.crashes, limits.steps);
    Set<Print> known = new HashSet<>();
    Deque<World> todo = new ArrayDeque<>();
    known.add(start.print());
    todo.add(start);
    int gone = 0;
    while (!todo.isEmpty()) {
      World world = todo.pop();
      if (world.lacksCopies()) {
        return new Seen(known.size(), gone, world);
      }
      gone += world.hasLetGo() ? 1 : 0;
      for (World next : world.next()) {
        if (known.add(next.print())) {
          todo.push(next);
        }
      }
    }
    return new Seen(known.size(), gone, null);
  }
}
