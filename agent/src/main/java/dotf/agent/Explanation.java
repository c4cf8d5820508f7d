package dotf.agent;

import org.jspecify.annotations.Nullable;

/**
 * {@code why PATH}, in words.
 *
 * @param row the file as {@code ls} shows it
 * @param rule the rule that put it into this state
 * @param waitsFor what has to happen before the state changes, or null when nothing will
 * @param when when that will be, or null when nobody can say
 */
public record Explanation(
    FileRow row, String rule, @Nullable String waitsFor, @Nullable String when) {}
