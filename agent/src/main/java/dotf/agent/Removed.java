package dotf.agent;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What came of removing a folder.
 *
 * @param removed whether it is no longer watched; it still is when a file could not be restored
 * @param restored the files that were stubs
 * @param stubs how many stubs are left
 * @param note what else stayed in the folder and why, or null
 */
public record Removed(
    Path folder, boolean removed, Outcome restored, long stubs, @Nullable String note) {}
