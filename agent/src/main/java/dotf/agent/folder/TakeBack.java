package dotf.agent.folder;

import dotf.chunker.disk.FileStat;
import dotf.chunker.manifest.StoredFile;
import org.jspecify.annotations.Nullable;

/**
 * Asks for the stub of a version that a file once had.
 *
 * @param path of the file inside the folder, {@code /}-separated
 * @param file that version
 * @param moveAside what has its place now is kept under another name; else the stub gets one
 * @param content the content at the file's own name as it was seen at rest, which may be moved
 *     aside; null for none
 */
public record TakeBack(
    String path, StoredFile file, boolean moveAside, @Nullable FileStat content) {}
