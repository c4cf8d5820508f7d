package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.SealedBlock;
import dotf.dht.store.Held.Place;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Looks for problems in a store that goes on working meanwhile. */
final class StoreCheck {
  private final SegmentFiles files;
  private final BlockReader reader;
  private final HeldBlocks held;
  private final Consumer<Problem> problems;
  private long found;

  StoreCheck(SegmentFiles files, BlockReader reader, HeldBlocks held, Consumer<Problem> problems) {
    this.files = files;
    this.reader = reader;
    this.held = held;
    this.problems = problems;
  }

  /** The number of problems told. */
  long run(boolean deep) throws IOException {
    reader.forgetDropped();
    int expected = 1;
    for (Facts facts : held.all()) {
      for (; expected < facts.segment(); expected++) {
        tell(Problem.Kind.SEGMENT_DAMAGED, expected, null, "The file is missing.");
      }
      expected = facts.segment() + 1;
      if (facts.count() > 0) {
        segment(facts, deep);
      }
    }
    if (found == 0) {
      held.compareIndex(this::indexIsWrong);
    }
    return found;
  }

  private void segment(Facts facts, boolean deep) throws IOException {
    int number = facts.segment();
    if (Recovery.header(files, number) == null) {
      tell(Problem.Kind.SEGMENT_DAMAGED, number, null, "Its header is damaged.");
    }
    if (facts instanceof Footer footer && !footer.intact()) {
      tell(
          Problem.Kind.SEGMENT_DAMAGED,
          number,
          null,
          "Its footer is damaged; the next start reads its records instead.");
      return;
    }
    facts.range(
        SortedFacts.FIRST,
        null,
        entry -> {
          if (entry.type().carriesBlock()) {
            block(number, entry, facts instanceof Footer, deep);
          }
        });
  }

  private void block(int segment, Entry entry, boolean sealed, boolean deep) throws IOException {
    BlockAddress address = entry.address();
    Place here = entry.in(segment);
    // A copy that is not the current one was dropped, or followed by a newer one.
    if (deep && here.equals(held.of(address).place())) {
      try {
        SealedBlock _ = reader.readFromDisk(address, here, sealed ? Long.MAX_VALUE : here.end());
      } catch (BlockCorruptException e) {
        if (here.equals(held.of(address).place())) {
          tell(Problem.Kind.BLOCK_DAMAGED, segment, address, String.valueOf(e.getMessage()));
        }
      }
    }
  }

  private void indexIsWrong(SortedFacts.Block block) {
    tell(
        Problem.Kind.INDEX_WRONG,
        block.said().getLast().segment(),
        block.address(),
        "The index says something else than the segments.");
  }

  private void tell(
      Problem.Kind kind, int segment, @Nullable BlockAddress address, String message) {
    found++;
    problems.accept(new Problem(kind, SegmentHeader.name(segment), address, message));
  }
}
