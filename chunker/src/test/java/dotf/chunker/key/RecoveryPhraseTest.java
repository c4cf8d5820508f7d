package dotf.chunker.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.fixtures.Seed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RecoveryPhraseTest {
  private static final String ZEROS = "abandon ".repeat(23) + "art";

  @Test
  void toPhrase_theVectorsOfBip39() {
    assertThat(phrase((byte) 0)).isEqualTo(ZEROS);
    assertThat(phrase((byte) 0xff)).isEqualTo("zoo ".repeat(23) + "vote");
    assertThat(phrase((byte) 0x7f))
        .isEqualTo(
            "legal winner thank year wave sausage worth useful ".repeat(2)
                + "legal winner thank year wave sausage worth title");
  }

  private static String phrase(byte fill) {
    byte[] secret = new byte[VaultSecret.BYTES];
    Arrays.fill(secret, fill);
    return VaultSecret.of(secret).toPhrase().text();
  }

  @Test
  void fromPhrase_anySecret_comesBackWhateverTheSpacingAndCase() throws IOException {
    Random random = Seed.random("phrases");
    for (int i = 0; i < 200; i++) {
      VaultSecret secret = VaultSecret.random(random);
      String text = secret.toPhrase().text();

      assertThat(VaultSecret.fromPhrase(text)).isEqualTo(secret);
      String spread = " " + text.toUpperCase(Locale.ROOT).replace(" ", "\n ");
      assertThat(VaultSecret.fromPhrase(spread)).isEqualTo(secret);
    }
  }

  @Test
  void fromPhrase_aWordOutsideTheList_isNamedWithItsPlaceAndTheNearestWord() {
    String typo = ZEROS.replaceFirst("abandon abandon", "abandon abandn");

    assertThatThrownBy(() -> VaultSecret.fromPhrase(typo))
        .isInstanceOf(RecoveryPhraseException.class)
        .hasMessageContaining("word 2, \"abandn\"")
        .hasMessageContaining("nearest one is \"abandon\"");
  }

  @Test
  void fromPhrase_anotherWordOfTheList_failsTheChecksumAndSaysSo() {
    assertThatThrownBy(() -> VaultSecret.fromPhrase(ZEROS.replaceFirst("abandon", "ability")))
        .isInstanceOf(RecoveryPhraseException.class)
        .hasMessageContaining("every word is in the list");
  }

  @Test
  void fromPhrase_wordsThatChangedPlaces_areMostlyNoticed() {
    Random random = Seed.random("swapped words");
    int noticed = 0;
    for (int i = 0; i < 256; i++) {
      List<String> words = new ArrayList<>(VaultSecret.random(random).toPhrase().words());
      Collections.swap(words, random.nextInt(12), 12 + random.nextInt(12));
      try {
        VaultSecret.fromPhrase(String.join(" ", words));
      } catch (RecoveryPhraseException e) {
        noticed++;
      }
    }
    // One in 256 passes an 8-bit checksum.
    assertThat(noticed).isGreaterThan(240);
  }

  @Test
  void fromPhrase_anotherNumberOfWords_isRefused() {
    for (String words : List.of("", "abandon", ZEROS + " art", ZEROS.replace(" art", ""))) {
      assertThatThrownBy(() -> VaultSecret.fromPhrase(words))
          .isInstanceOf(RecoveryPhraseException.class)
          .hasMessageContaining("24 words");
    }
  }

  @Test
  void toString_saysNothingOfTheSecret() {
    VaultSecret secret = VaultSecret.of(new byte[32]);

    assertThat(secret + "" + secret.toPhrase() + VaultKeys.derive(secret))
        .doesNotContain("abandon")
        .doesNotContain("00000000");
  }
}
