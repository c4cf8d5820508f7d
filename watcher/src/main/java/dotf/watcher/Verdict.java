package dotf.watcher;

/** What the rules say of a file. */
public sealed interface Verdict {
  /** No rule stands against it: it is stored, and may be replaced by a stub. */
  record Store() implements Verdict {}

  /**
   * It is stored, and never replaced.
   *
   * @param rule the rule that decided, and where it stands
   */
  record Keep(String rule) implements Verdict {}

  /**
   * It is not stored.
   *
   * @param rule the rule that decided, and where it stands
   */
  record Ignore(String rule) implements Verdict {}
}
