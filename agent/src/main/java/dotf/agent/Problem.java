package dotf.agent;

/**
 * Something that is wrong, or stands in the way.
 *
 * @param kind {@code stub}, {@code block}, {@code file}, {@code folder}, {@code catalog}, {@code
 *     holder} or {@code journal}
 * @param subject the path, hash or node
 * @param text one sentence: what happened and what to do next
 */
public record Problem(String kind, String subject, String text) {}
