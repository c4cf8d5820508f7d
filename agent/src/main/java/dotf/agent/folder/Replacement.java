package dotf.agent.folder;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.disk.FileStat;
import dotf.chunker.manifest.StoredFile;
import java.util.Set;

/**
 * Asks for a stored file to be replaced by its stub.
 *
 * @param path inside the folder, {@code /}-separated
 * @param file and {@code stat} as {@link StoreOutcome.Stored} told
 * @param elsewhere its blocks that are not in the local store any more, and that enough others have
 *     locked for us: what would let the blocks go lets the file go
 */
public record Replacement(
    String path, StoredFile file, FileStat stat, Set<BlockAddress> elsewhere) {
  public Replacement {
    elsewhere = Set.copyOf(elsewhere);
  }

  /** Asks for one whose blocks are all here. */
  public Replacement(String path, StoredFile file, FileStat stat) {
    this(path, file, stat, Set.of());
  }
}
