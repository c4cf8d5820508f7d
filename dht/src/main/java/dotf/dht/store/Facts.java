package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the records of one segment say. Safe for use by many threads. */
interface Facts {
  /** The segment's number. */
  int segment();

  /** How many records there are. */
  int count();

  /** What the records say of an address, oldest first; empty when they say nothing. */
  List<Entry> of(BlockAddress address) throws IOException;

  /** The address of the own block with this chunk id, or null. */
  @Nullable BlockAddress find(Id chunk) throws IOException;

  /** Every entry whose address is at least {@code from} and below {@code to}, in address order. */
  void range(BlockAddress from, @Nullable BlockAddress to, Visitor visitor) throws IOException;

  /** Takes entries one by one. */
  @FunctionalInterface
  interface Visitor {
    void visit(Entry entry) throws IOException;
  }
}
