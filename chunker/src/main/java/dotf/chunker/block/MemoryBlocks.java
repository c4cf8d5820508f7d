package dotf.chunker.block;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Blocks in memory, for tests, stricter than a store on disk: what was put can be neither found nor
 * read before it is committed, bytes are copied on the way in, every address is checked. Safe for
 * use by many threads.
 */
public final class MemoryBlocks implements BlockSource, BlockSink {
  private final Map<BlockAddress, SealedBlock> kept = new HashMap<>();
  private final Map<ChunkId, BlockAddress> found = new HashMap<>();
  private final List<Put> queued = new ArrayList<>();

  private record Put(SealedBlock block, @Nullable ChunkId id) {}

  @Override
  public synchronized @Nullable BlockAddress find(ChunkId id) {
    return found.get(id);
  }

  @Override
  public synchronized void put(SealedBlock block, @Nullable ChunkId id) throws IOException {
    byte[] copy = new byte[block.size()];
    block.bytes().get(copy);
    queued.add(new Put(SealedBlock.verified(block.address(), ByteBuffer.wrap(copy)), id));
  }

  @Override
  public synchronized void commit() {
    for (Put put : queued) {
      kept.putIfAbsent(put.block.address(), put.block);
      if (put.id != null) {
        found.put(put.id, put.block.address());
      }
    }
    queued.clear();
  }

  @Override
  public synchronized SealedBlock read(BlockAddress address) throws IOException {
    SealedBlock block = kept.get(address);
    if (block == null) {
      throw new BlockMissingException(address, "block " + address + " is not here");
    }
    return SealedBlock.verified(address, block.bytes());
  }

  /** Every address that is committed. */
  public synchronized Set<BlockAddress> addresses() {
    return Set.copyOf(kept.keySet());
  }

  /** Loses everything that is not committed, as a crash would. */
  public synchronized void crash() {
    queued.clear();
  }

  /** Loses one block; whether it was here. */
  public synchronized boolean remove(BlockAddress address) {
    found.values().removeIf(address::equals);
    return kept.remove(address) != null;
  }

  /** Flips one bit of a committed block, as a bad disk would; its address stays. */
  public synchronized void flip(BlockAddress address, long bit) {
    SealedBlock block = kept.get(address);
    if (block == null) {
      throw new IllegalArgumentException("no block " + address);
    }
    byte[] copy = new byte[block.size()];
    block.bytes().get(copy);
    copy[(int) (bit >>> 3)] ^= (byte) (1 << (bit & 7));
    kept.put(address, new SealedBlock(address, ByteBuffer.wrap(copy)));
  }
}
