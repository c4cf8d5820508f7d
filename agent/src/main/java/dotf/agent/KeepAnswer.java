package dotf.agent;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What came of {@code keep} or {@code unkeep}.
 *
 * @param path the file or directory
 * @param changed whether a line was added to, or removed from, the folder's {@code .dotfkeep}
 * @param rule the rule that keeps it now, or null
 * @param restored the files that were stubs
 */
public record KeepAnswer(Path path, boolean changed, @Nullable String rule, Outcome restored) {}
