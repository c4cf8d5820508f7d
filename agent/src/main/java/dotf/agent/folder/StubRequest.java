package dotf.agent.folder;

import dotf.chunker.disk.FileStat;
import dotf.chunker.manifest.StoredFile;
import org.jspecify.annotations.Nullable;

/**
 * Asks for a stub where the file itself is not.
 *
 * @param path of the file inside the folder, {@code /}-separated
 * @param damaged the damaged stub that stands there, as it was seen; null when nothing does
 */
public record StubRequest(String path, StoredFile file, @Nullable FileStat damaged) {}
