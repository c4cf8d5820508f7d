package dotf.agent.folder;

import dotf.chunker.disk.FileStat;
import dotf.chunker.manifest.StoredFile;

/**
 * Asks for a stored file to be replaced by its stub.
 *
 * @param path inside the folder, {@code /}-separated
 * @param file and {@code stat} as {@link StoreOutcome.Stored} told
 */
public record Replacement(String path, StoredFile file, FileStat stat) {}
