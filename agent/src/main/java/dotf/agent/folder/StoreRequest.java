package dotf.agent.folder;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.manifest.FileId;
import dotf.chunker.manifest.VersionVector;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a file to be stored.
 *
 * @param path inside the folder, {@code /}-separated
 * @param parent the version before, null for the first
 */
public record StoreRequest(
    String path, FileId fileId, VersionVector version, @Nullable BlockAddress parent) {}
