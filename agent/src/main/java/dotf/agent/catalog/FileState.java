package dotf.agent.catalog;

import java.util.Locale;

/** The state of a file as {@code ls} shows it. */
public enum FileState {
  /** On the disk; new, or to be looked at. */
  LOCAL(0),
  /** A stub stands for it. */
  STUB(1),
  /** Being stored, replaced or restored, or still changing. */
  BUSY(2),
  /** Stored or not, it waits for something: copies, space, a program that has it open. */
  WAITING(3),
  /** Stored, and on the disk until {@code linger} has passed. */
  LINGERING(4),
  /** A rule says that it is never replaced, or not stored. */
  SKIPPED(5),
  /** Its stub's name is taken, or another version stands beside it. */
  CONFLICT(6);

  private final int code;

  FileState(int code) {
    this.code = code;
  }

  /** The word that users see. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  int code() {
    return code;
  }

  static FileState of(int code) {
    return values()[code];
  }
}
