package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that many segments say, in order and in bounded memory: the key space is cut into
 * ranges of about {@value #RANGE_RECORDS} records, each gathered from all segments and sorted.
 */
final class SortedFacts {
  private static final int RANGE_RECORDS = 1 << 16;
  private static final Comparator<Located> ORDER =
      Comparator.comparing((Located l) -> l.entry.address())
          .thenComparingInt(Located::segment)
          .thenComparingInt(l -> l.entry.offset());

  private final List<Facts> segments;
  private final int ranges;

  /** An entry and the segment it lies in. */
  record Located(Entry entry, int segment) {
    /** Where the block lies, if the record carries one. */
    Held.Place place() {
      return entry.in(segment);
    }

    boolean isCopy() {
      return entry.type().carriesBlock();
    }
  }

  /** All that is said of one address, oldest first. */
  record Block(BlockAddress address, List<Located> said) {
    Held held() {
      Held held = Held.NOTHING;
      for (Located located : said) {
        held = held.after(located.entry, located.segment);
      }
      return held;
    }

    /** Whether the own block, put last, is a chunk of a file. */
    boolean isChunk() {
      return said.reversed().stream()
          .map(Located::entry)
          .filter(entry -> entry.type() == Entry.Type.OWN)
          .findFirst()
          .filter(Footer::hasChunk)
          .isPresent();
    }
  }

  private record Chunk(Id id, BlockAddress address) {}

  interface BlockVisitor {
    void visit(Block block) throws IOException;
  }

  interface ChunkVisitor {
    void visit(Id id, BlockAddress address) throws IOException;
  }

  SortedFacts(List<Facts> segments) {
    this.segments = List.copyOf(segments);
    long records = segments.stream().mapToLong(Facts::count).sum();
    ranges = (int) Math.max(1, Math.ceilDiv(records, RANGE_RECORDS));
  }

  /** Visits every address once, in order. */
  void blocks(BlockVisitor visitor) throws IOException {
    for (int range = 0; range < ranges; range++) {
      List<Located> found = new ArrayList<>();
      BlockAddress from = BlockAddress.of(boundary(range).bytes());
      BlockAddress to = range + 1 == ranges ? null : BlockAddress.of(boundary(range + 1).bytes());
      for (Facts facts : segments) {
        facts.range(from, to, entry -> found.add(new Located(entry, facts.segment())));
      }
      found.sort(ORDER);
      int first = 0;
      for (int i = 1; i <= found.size(); i++) {
        BlockAddress address = found.get(first).entry.address();
        if (i == found.size() || !found.get(i).entry.address().equals(address)) {
          visitor.visit(new Block(address, found.subList(first, i)));
          first = i;
        }
      }
    }
  }

  /** Visits every chunk id once, in order. */
  void chunks(ChunkVisitor visitor) throws IOException {
    for (int range = 0; range < ranges; range++) {
      Id from = boundary(range);
      Id to = range + 1 == ranges ? null : boundary(range + 1);
      List<Chunk> found = new ArrayList<>();
      for (Facts facts : segments) {
        facts.range(
            FIRST,
            null,
            entry -> {
              if (Footer.hasChunk(entry) && within(entry.id(), from, to)) {
                found.add(new Chunk(entry.id(), entry.address()));
              }
            });
      }
      // The sort is stable: of several blocks of one chunk the one that was put last comes last.
      found.sort(Comparator.comparing(Chunk::id));
      for (int i = 0; i < found.size(); i++) {
        Chunk chunk = found.get(i);
        if (i + 1 == found.size() || !chunk.id.equals(found.get(i + 1).id)) {
          visitor.visit(chunk.id, chunk.address);
        }
      }
    }
  }

  static final BlockAddress FIRST = BlockAddress.read(ByteBuffer.allocate(BlockAddress.BYTES));

  private static boolean within(Id id, Id from, @Nullable Id to) {
    return id.compareTo(from) >= 0 && (to == null || id.compareTo(to) < 0);
  }

  /** Where range {@code i} begins: the key space cut evenly, since the keys are hashes. */
  private Id boundary(int range) {
    long step = ranges == 1 ? 0 : Long.divideUnsigned(-1L, ranges);
    return new Id(step * range, 0, 0, 0);
  }
}
