package dotf.agent.replica;

import java.util.EnumMap;
import java.util.Map;

/**
 * What became of blocks whose space was asked for.
 *
 * @param blocks how many went
 * @param bytes their sealed bytes
 * @param stayed how many stayed, by what was in the way
 */
public record Evicted(long blocks, long bytes, Map<Stay, Long> stayed) {
  /** Nothing was asked for. */
  public static final Evicted NOTHING = new Evicted(0, 0, Map.of());

  public Evicted {
    stayed = Map.copyOf(stayed);
  }

  /** Both together. */
  public Evicted and(Evicted other) {
    Map<Stay, Long> all = new EnumMap<>(Stay.class);
    all.putAll(stayed);
    other.stayed.forEach((stay, count) -> all.merge(stay, count, Long::sum));
    return new Evicted(blocks + other.blocks, bytes + other.bytes, all);
  }
}
