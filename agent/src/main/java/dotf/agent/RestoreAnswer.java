package dotf.agent;

import org.jspecify.annotations.Nullable;

/**
 * What came of restoring one file.
 *
 * @param bytes its size when it is back, else 0
 * @param problem why it is not, as a sentence; or null
 */
record RestoreAnswer(Kind kind, long bytes, @Nullable String problem) {
  enum Kind {
    RESTORED,
    /** It was there already. */
    PRESENT,
    /** It may work later. */
    LATER,
    /** There is no such file, or no stub of it. */
    ABSENT,
    FAILED
  }

  static RestoreAnswer restored(long bytes) {
    return new RestoreAnswer(Kind.RESTORED, bytes, null);
  }

  static RestoreAnswer present() {
    return new RestoreAnswer(Kind.PRESENT, 0, null);
  }

  static RestoreAnswer not(Kind kind, String problem) {
    return new RestoreAnswer(kind, 0, problem);
  }

  boolean ok() {
    return kind == Kind.RESTORED || kind == Kind.PRESENT;
  }
}
