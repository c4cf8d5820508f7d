package dotf.agent;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One watched folder in figures.
 *
 * @param keep store and send, never replace
 * @param files all files, stubs counted as the files they stand for
 * @param stubs files that a stub stands for now
 * @param pending files still to be stored, copied or replaced
 * @param lingering stored files that wait out {@code linger} before they are replaced
 * @param skipped files that are not replaced, or not stored, by a rule
 * @param problem why the folder is at rest (vanished, replaced, unreadable), or null
 */
public record FolderStatus(
    Path path,
    boolean keep,
    long files,
    long stubs,
    long pending,
    long lingering,
    long skipped,
    @Nullable String problem) {}
