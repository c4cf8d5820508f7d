package dotf.chunker.block;

import java.io.IOException;

/** Where sealed blocks are read from: the local store, or peers. Safe for use by many threads. */
public interface BlockSource {
  /**
   * Reads one block, its address verified.
   *
   * @throws BlockMissingException when no copy can be had now
   * @throws BlockCorruptException when the only copy found does not have this address
   * @throws IOException when reading failed: then the block may well exist
   */
  SealedBlock read(BlockAddress address) throws IOException;
}
