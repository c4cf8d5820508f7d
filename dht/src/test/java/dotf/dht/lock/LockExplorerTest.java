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

  /** 128 bits that stand for a world. */
  private record Print(long high, long low) {
    static Print of(World world) {
      String text = world.toString();
      long high = 0x9e3779b97f4a7c15L;
      long low = 0xc2b2ae3d27d4eb4fL;
      for (int i = 0; i < text.length(); i++) {
        high = (high ^ text.charAt(i)) * 0xff51afd7ed558ccdL;
        high ^= high >>> 32;
        low = (low + text.charAt(i)) * 0xc4ceb9fe1a85ec53L;
        low ^= low >>> 29;
      }
      return new Print(high, low);
    }
  }

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
    known.add(Print.of(start));
    todo.add(start);
    int gone = 0;
    while (!todo.isEmpty()) {
      World world = todo.pop();
      if (world.lacksCopies()) {
        return new Seen(known.size(), gone, world);
      }
      gone += world.hasLetGo() ? 1 : 0;
      for (World next : world.next()) {
        if (known.add(Print.of(next))) {
          todo.push(next);
        }
      }
    }
    return new Seen(known.size(), gone, null);
  }
}
