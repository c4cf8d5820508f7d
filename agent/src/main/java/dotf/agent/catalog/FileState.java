package dotf.agent.catalog;

/** The state of a file as {@code ls} shows it. */
public enum FileState {
  /** On the disk; new, or to be looked at. */
  LOCAL,
  /** A stub stands for it. */
  STUB,
  /** Being stored, replaced or restored, or still changing. */
  BUSY,
  /** Stored or not, it waits for something: copies, space, a program that has it open. */
  WAITING,
  /** Stored, and on the disk until {@code linger} has passed. */
  LINGERING,
  /** A rule says that it is never replaced, or not stored. */
  SKIPPED,
  /** Its stub's name is taken, or another version stands beside it. */
  CONFLICT;

  /** The word that users see. */
  public String word() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
