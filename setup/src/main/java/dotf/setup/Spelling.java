package dotf.setup;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** What somebody may have meant who mistyped a word. */
public final class Spelling {
  private Spelling() {}

  /**
   * The known word that is as typed but for a few letters, or begins with what was typed; none when
   * no word is that close.
   */
  public static Optional<String> nearest(String typed, Collection<String> known) {
    int most = typed.length() < 3 ? 1 : Math.max(2, typed.length() / 3);
    return known.stream()
        .filter(word -> distance(word, typed) <= most || begins(word, typed))
        .min(Comparator.comparingInt(word -> begins(word, typed) ? 0 : distance(word, typed)));
  }

  private static boolean begins(String word, String typed) {
    return typed.length() > 2 && word.startsWith(typed);
  }

  /** How many letters to add, drop or change from one word to the other (Levenshtein 1965). */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }
}
