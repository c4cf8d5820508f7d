package dotf.setup;

import org.jspecify.annotations.Nullable;

/**
 * What {@code dotf doctor} found in one place.
 *
 * @param grade how bad it is
 * @param subject what was looked at, in a word or two
 * @param text what is the case, as a sentence without a full stop
 * @param mend the command that mends it, or null where none does or none is needed
 */
public record Finding(Grade grade, String subject, String text, @Nullable String mend) {
  /** How bad a finding is; later is worse. */
  public enum Grade {
    /** As it should be. */
    GOOD,
    /** Works, and could be better. */
    ADVICE,
    /** Something does not work, or soon will not. */
    PROBLEM
  }

  static Finding good(String subject, String text) {
    return new Finding(Grade.GOOD, subject, text, null);
  }

  static Finding advice(String subject, String text, @Nullable String mend) {
    return new Finding(Grade.ADVICE, subject, text, mend);
  }

  static Finding problem(String subject, String text, @Nullable String mend) {
    return new Finding(Grade.PROBLEM, subject, text, mend);
  }
}
