package dotf.agent;

import dotf.agent.replica.Replicator;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockSink;
import dotf.chunker.block.ChunkId;
import dotf.chunker.block.SealedBlock;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The store, but copies are asked for everything that is committed. */
final class CopiedSink implements BlockSink {
  private final BlockSink store;
  private final Replicator replicator;
  private final List<BlockAddress> put = new ArrayList<>();

  CopiedSink(BlockSink store, Replicator replicator) {
    this.store = store;
    this.replicator = replicator;
  }

  @Override
  public @Nullable BlockAddress find(ChunkId id) throws IOException {
    return store.find(id);
  }

  @Override
  public void put(SealedBlock block, @Nullable ChunkId id) throws IOException {
    store.put(block, id);
    synchronized (put) {
      put.add(block.address());
    }
  }

  @Override
  public void commit() throws IOException {
    List<BlockAddress> committed;
    synchronized (put) {
      committed = List.copyOf(put);
      put.clear();
    }
    store.commit();
    replicator.wanted(committed);
  }
}
