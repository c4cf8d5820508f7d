package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import dotf.dht.store.Held.Place;
import dotf.dht.store.SortedFacts.Located;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the space of dead copies back to the filesystem, by making holes where their payloads were:
 * nothing is moved, so it needs no room. What is dead is decided by the segments' own records,
 * never by the index, which may be wrong. Safe for use by many threads, which take turns.
 */
final class Reclaiming {
  private static final Logger LOG = LoggerFactory.getLogger(Reclaiming.class);
  private static final long TURN_SECONDS = 60;
  private static final int BLOCK_BYTES = 4096;

  /** A file's last block, and what the filesystem needs to remember its holes. */
  private static final int SLACK_BYTES = 64 << 10;

  /** One page of a footer is read as fast as about so many of its entries are found one by one. */
  private static final int LOOKUPS_PER_SCAN = 16;

  private final Directory directory;
  private final SegmentFiles files;
  private final HeldBlocks held;
  private final DiskUse use;
  private final ReentrantLock turn = new ReentrantLock();
  private volatile boolean impossible;

  Reclaiming(Directory directory, SegmentFiles files, HeldBlocks held, DiskUse use) {
    this.directory = directory;
    this.files = files;
    this.held = held;
    this.use = use;
  }

  /**
   * Looks for what a crash has left between the end of a claim and the hole: segments that have
   * clearly fewer holes than their dead copies would make.
   */
  void search() throws IOException {
    Map<Integer, Long> expected = new HashMap<>();
    new SortedFacts(held.all())
        .blocks(
            block -> {
              Place current = block.held().place();
              for (Located located : block.said()) {
                if (located.isCopy() && !located.place().equals(current)) {
                  expected.merge(located.segment(), Hole.of(located.place()).bytes(), Long::sum);
                }
              }
            });
    for (Facts facts : held.all()) {
      long wanted = expected.getOrDefault(facts.segment(), 0L);
      if (wanted > 0 && wanted - files.read(facts.segment(), Reclaiming::holes) > SLACK_BYTES) {
        facts.range(
            SortedFacts.FIRST, null, entry -> held.dead().add(facts.segment(), entry.address()));
      }
    }
  }

  /**
   * The whole blocks of the usual filesystem within a payload. Parts of blocks give no space back,
   * and zeroing them would cost a write to the disk each.
   */
  private record Hole(long start, long end) {
    static Hole of(Place place) {
      long payload = (long) place.offset() + Entry.HEADER_BYTES;
      long start = Math.ceilDiv(payload, BLOCK_BYTES) * BLOCK_BYTES;
      long end = (payload + place.length()) / BLOCK_BYTES * BLOCK_BYTES;
      return new Hole(start, Math.max(start, end));
    }

    long bytes() {
      return end - start;
    }
  }

  private static long holes(OpenFile file) throws IOException {
    return file.stat().size() - bytes(file);
  }

  /**
   * Deals with every dead copy in a segment that is not written any more. Never fails: what could
   * not be done waits for the next call, or for the next start.
   */
  void run() {
    try {
      if (!turn.tryLock(TURN_SECONDS, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    }
    try {
      // The last segment, even a sealed one, is scanned when its footer is lost: no holes there.
      Map<Integer, Set<BlockAddress>> waiting = held.dead().take(use.last() - 1);
      if (!waiting.isEmpty() && !impossible) {
        reclaim(waiting);
      }
    } finally {
      turn.unlock();
    }
  }

  private void reclaim(Map<Integer, Set<BlockAddress>> waiting) {
    try {
      Set<BlockAddress> addresses =
          waiting.values().stream().flatMap(Set::stream).collect(Collectors.toSet());
      for (Map.Entry<Integer, List<Place>> dead : dead(addresses).entrySet()) {
        punch(dead.getKey(), dead.getValue());
      }
    } catch (IOException e) {
      LOG.warn("Space of dropped blocks is given back later: {}", e.getMessage());
      waiting.forEach((segment, all) -> all.forEach(one -> held.dead().add(segment, one)));
    }
  }

  /** The copies of these blocks that are dead and can be taken out, by segment. */
  private Map<Integer, List<Place>> dead(Set<BlockAddress> addresses) throws IOException {
    Map<BlockAddress, List<Located>> said = new HashMap<>();
    Map<Integer, List<Place>> dead = new TreeMap<>();
    for (Facts facts : held.all()) {
      collect(facts, addresses, said);
      if (facts instanceof Footer && facts.segment() < use.last()) {
        dead.put(facts.segment(), new ArrayList<>());
      }
    }
    said.forEach(
        (address, all) -> {
          Place current = new SortedFacts.Block(address, all).held().place();
          for (Located located : all) {
            List<Place> places = dead.get(located.segment());
            if (located.isCopy() && places != null && !located.place().equals(current)) {
              places.add(located.place());
            }
          }
        });
    dead.values().removeIf(List::isEmpty);
    return dead;
  }

  private static void collect(
      Facts facts, Set<BlockAddress> addresses, Map<BlockAddress, List<Located>> said)
      throws IOException {
    Facts.Visitor visitor =
        entry ->
            said.computeIfAbsent(entry.address(), any -> new ArrayList<>())
                .add(new Located(entry, facts.segment()));
    if (addresses.size() > facts.count() / LOOKUPS_PER_SCAN) {
      facts.range(
          SortedFacts.FIRST,
          null,
          entry -> {
            if (addresses.contains(entry.address())) {
              visitor.visit(entry);
            }
          });
    } else {
      for (BlockAddress address : addresses) {
        for (Entry entry : facts.of(address)) {
          visitor.visit(entry);
        }
      }
    }
  }

  private void punch(int segment, List<Place> places) throws IOException {
    try (OpenFile file = directory.openWrite(SegmentHeader.name(segment))) {
      for (Place place : places) {
        Hole hole = Hole.of(place);
        if (hole.bytes() > 0 && !file.punch(hole.start, hole.bytes())) {
          LOG.warn("The filesystem under the store gives no space of dropped blocks back.");
          impossible = true;
          return;
        }
      }
      use.set(segment, bytes(file));
    }
  }

  /** What a segment that is not written any more takes on the disk. */
  static long bytes(OpenFile file) throws IOException {
    return Math.min(file.stat().size(), file.allocated());
  }
}
