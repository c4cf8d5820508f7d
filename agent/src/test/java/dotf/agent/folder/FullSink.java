package dotf.agent.folder;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockSink;
import dotf.chunker.block.ChunkId;
import dotf.chunker.block.SealedBlock;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A store that takes blocks and then finds its disk full. */
record FullSink(BlockSink real) implements BlockSink {
  @Override
  public @Nullable BlockAddress find(ChunkId id) throws IOException {
    return real.find(id);
  }

  @Override
  public void put(SealedBlock block, @Nullable ChunkId id) {}

  @Override
  public void commit() throws IOException {
    throw new IOException("the disk is full");
  }
}
