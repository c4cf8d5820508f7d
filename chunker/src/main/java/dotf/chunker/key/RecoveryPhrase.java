package dotf.chunker.key;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * A vault secret as 24 words of 11 bits: 256 bits of secret, then the first 8 bits of its SHA-256.
 * Words and layout are those of BIP-39 (English); unlike there, no key is derived from the words:
 * they are the secret.
 *
 * @param words 24 words of the list, in order
 */
public record RecoveryPhrase(List<String> words) {
  /** Number of words. */
  public static final int WORDS = 24;

  private static final int BITS_PER_WORD = 11;

  public RecoveryPhrase {
    words = List.copyOf(words);
  }

  /** The words that say {@code secret}. */
  public static RecoveryPhrase of(VaultSecret secret) {
    byte[] bits = Arrays.copyOf(secret.bytes(), VaultSecret.BYTES + 1);
    bits[VaultSecret.BYTES] = checksum(secret.bytes());
    List<String> words = new ArrayList<>(WORDS);
    for (int word = 0; word < WORDS; word++) {
      int index = 0;
      for (int bit = word * BITS_PER_WORD; bit < (word + 1) * BITS_PER_WORD; bit++) {
        index = index << 1 | (bits[bit >>> 3] >>> (7 - (bit & 7)) & 1);
      }
      words.add(WordList.ENGLISH.word(index));
    }
    return new RecoveryPhrase(words);
  }

  /**
   * Reads words separated by white space, in any case.
   *
   * @throws RecoveryPhraseException when there are not 24, when one is not in the list (named, with
   *     its position and the nearest word), or when the checksum says that some word is a wrong one
   */
  public static RecoveryPhrase parse(String text) throws RecoveryPhraseException {
    List<String> words =
        Arrays.stream(text.strip().toLowerCase(Locale.ROOT).split("\\s+", WORDS + 2))
            .filter(word -> !word.isEmpty())
            .toList();
    if (words.size() != WORDS) {
      throw new RecoveryPhraseException(
          "a recovery phrase has 24 words, and these are "
              + (words.size() > WORDS ? "more" : words.size())
              + "; give all of them, in order");
    }
    RecoveryPhrase phrase = new RecoveryPhrase(words);
    phrase.secret();
    return phrase;
  }

  /**
   * The secret that the words say.
   *
   * @throws RecoveryPhraseException as {@link #parse} does
   */
  public VaultSecret secret() throws RecoveryPhraseException {
    if (words.size() != WORDS) {
      throw new RecoveryPhraseException("a recovery phrase has 24 words, not " + words.size());
    }
    byte[] bits = new byte[VaultSecret.BYTES + 1];
    for (int word = 0; word < WORDS; word++) {
      int index = indexOf(word);
      for (int i = 0; i < BITS_PER_WORD; i++) {
        int bit = word * BITS_PER_WORD + i;
        bits[bit >>> 3] |= (byte) ((index >>> (BITS_PER_WORD - 1 - i) & 1) << (7 - (bit & 7)));
      }
    }
    byte[] secret = Arrays.copyOf(bits, VaultSecret.BYTES);
    if (bits[VaultSecret.BYTES] != checksum(secret)) {
      throw new RecoveryPhraseException(
          "every word is in the list, but together they are not a recovery phrase: at least one"
              + " was mistyped for another word of the list, or two changed places; compare each"
              + " with what you wrote down");
    }
    return VaultSecret.of(secret);
  }

  /** The words, separated by single spaces. Secret: never log it. */
  public String text() {
    return words.stream().collect(Collectors.joining(" "));
  }

  private int indexOf(int word) throws RecoveryPhraseException {
    int index = WordList.ENGLISH.index(words.get(word));
    if (index < 0) {
      throw new RecoveryPhraseException(
          "word %d, \"%s\", is not a word of the list; the nearest one is \"%s\""
              .formatted(word + 1, words.get(word), WordList.ENGLISH.nearest(words.get(word))));
    }
    return index;
  }

  private static byte checksum(byte[] secret) {
    MessageDigest sha256 = Hkdf.sha256();
    return sha256.digest(secret)[0];
  }

  /** Says nothing of the secret. */
  @Override
  public String toString() {
    return "RecoveryPhrase";
  }
}
