package dotf.chunker.block;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where this vault's own sealed blocks go. Safe for use by many threads. */
public interface BlockSink {
  /**
   * The address under which this chunk is already kept, or null: such a chunk is not sealed again.
   */
  @Nullable BlockAddress find(ChunkId id) throws IOException;

  /**
   * Queues a block; it is durable only after {@link #commit}. Waits while the queue is full.
   * Putting an address that is already kept does nothing.
   *
   * @param id the plaintext's identity, by which {@link #find} finds it again; null when nobody
   *     will ask
   * @throws IOException when the store cannot take it (full, read-only, failed)
   */
  void put(SealedBlock block, @Nullable ChunkId id) throws IOException;

  /**
   * Returns when every block whose {@link #put} returned before this call, on whatever thread, is
   * on the disk (fdatasync returned 0).
   */
  void commit() throws IOException;
}
