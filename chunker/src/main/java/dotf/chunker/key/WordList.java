package dotf.chunker.key;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** 2,048 words in alphabetical order, so that 11 bits name one. */
record WordList(List<String> words) {
  /** The English list of BIP-39, whose words differ within their first four letters. */
  static final WordList ENGLISH = load("bip39-english.txt");

  String word(int index) {
    return words.get(index);
  }

  /** The word's place, negative when it has none. */
  int index(String word) {
    return Collections.binarySearch(words, word);
  }

  /** The word that fewest insertions, deletions and replacements of letters lead to. */
  String nearest(String typed) {
    return Collections.min(words, Comparator.comparingInt(word -> distance(word, typed)));
  }

  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replace, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }

  private static WordList load(String resource) {
    try (var lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(WordList.class.getResourceAsStream(resource), resource),
                StandardCharsets.US_ASCII))) {
      return new WordList(lines.lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
