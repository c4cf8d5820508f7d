package dotf.dht;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.SealedBlock;
import dotf.dht.identity.NodeId;
import dotf.dht.session.Session;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds a block among the members, whoever of them lies or is away. */
final class Fetching {
  private static final Logger LOG = LoggerFactory.getLogger(Fetching.class);
  private static final Duration SEARCH_LIMIT = Duration.ofSeconds(5);
  private static final Duration DISTRUST = Duration.ofMinutes(10);

  private final Mesh mesh;
  private final BlockExchange exchange;
  private final Wants wants;
  private final Function<BlockAddress, List<NodeId>> placement;
  private final Map<NodeId, Long> distrusted = new ConcurrentHashMap<>();

  Fetching(
      Mesh mesh,
      BlockExchange exchange,
      Wants wants,
      Function<BlockAddress, List<NodeId>> placement) {
    this.mesh = mesh;
    this.exchange = exchange;
    this.wants = wants;
    this.placement = placement;
  }

  SealedBlock fetch(BlockAddress address, List<NodeId> likely) throws IOException {
    Set<NodeId> asked = new HashSet<>();
    for (NodeId node : order(address, likely)) {
      SealedBlock block = ask(node, address);
      if (block != null) {
        return block;
      }
      asked.add(node);
    }
    long deadline = System.nanoTime() + SEARCH_LIMIT.toNanos();
    try (Wants.Search search = wants.search(address)) {
      while (true) {
        NodeId node = search.next(Duration.ofNanos(deadline - System.nanoTime()));
        if (node == null) {
          throw new BlockMissingException(
              address,
              "none of the machines that can be reached now has block "
                  + address.toString().substring(0, 12));
        }
        SealedBlock block = asked.add(node) ? ask(node, address) : null;
        if (block != null) {
          return block;
        }
      }
    }
  }

  /** The likely ones nearest first, then the rest by placement; who sent wrong bytes comes last. */
  private List<NodeId> order(BlockAddress address, List<NodeId> likely) {
    Set<NodeId> nodes = new LinkedHashSet<>();
    likely.stream()
        .filter(this::isHere)
        .sorted(Comparator.comparing(this::distance))
        .forEach(nodes::add);
    placement.apply(address).stream().filter(this::isHere).forEach(nodes::add);
    List<NodeId> ordered = new ArrayList<>(nodes);
    ordered.sort(Comparator.comparing(this::isDistrusted));
    return ordered;
  }

  private boolean isHere(NodeId node) {
    return mesh.find(node) != null;
  }

  private Duration distance(NodeId node) {
    Session session = mesh.find(node);
    return session == null ? Duration.ofDays(1) : session.roundTrip();
  }

  private boolean isDistrusted(NodeId node) {
    Long since = distrusted.get(node);
    return since != null && System.nanoTime() - since < DISTRUST.toNanos();
  }

  private @Nullable SealedBlock ask(NodeId node, BlockAddress address) {
    Session session = mesh.find(node);
    if (session == null) {
      return null;
    }
    try {
      return exchange.get(session, address);
    } catch (BlockCorruptException e) {
      LOG.warn("node {} sent wrong bytes: {}", node.brief(), e.getMessage());
      distrusted.put(node, System.nanoTime());
    } catch (IOException e) {
      LOG.info("node {} did not give block {}: {}", node.brief(), address, e.getMessage());
    }
    return null;
  }
}
