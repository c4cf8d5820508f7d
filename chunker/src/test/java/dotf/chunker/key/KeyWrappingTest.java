package dotf.chunker.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.key.KeyWrapping.Cost;
import dotf.chunker.key.KeyWrapping.WrongPassphraseException;
import dotf.fixtures.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyWrappingTest {
  private static final VaultSecret SECRET = VaultSecret.of(new byte[32]);
  private static final char[] PASSPHRASE = "grüne Wiese".toCharArray();

  private final KeyWrapping wrapping = new KeyWrapping(new SecureRandom(), new Cost(32, 1, 4));

  @Test
  void unwrap_theSamePassphrase_givesTheSecret() throws IOException {
    byte[] wrapped = wrapping.wrap(SECRET, PASSPHRASE);

    assertThat(KeyWrapping.unwrap(wrapped, PASSPHRASE)).isEqualTo(SECRET);
    assertThat(wrapping.wrap(SECRET, PASSPHRASE)).isNotEqualTo(wrapped);
  }

  @Test
  void unwrap_theGoldenVector_givesItsSecret() throws IOException {
    assertThat(KeyWrapping.unwrap(Golden.bytes("wrapped-key-1.hex"), PASSPHRASE)).isEqualTo(SECRET);
  }

  @Test
  void unwrap_anotherPassphrase_isToldByTheCommitment() {
    byte[] wrapped = wrapping.wrap(SECRET, PASSPHRASE);

    assertThatThrownBy(() -> KeyWrapping.unwrap(wrapped, "grüne wiese".toCharArray()))
        .isInstanceOf(WrongPassphraseException.class);
  }

  @Test
  void unwrap_aFlippedBitOrACutAnywhere_isRefusedInPlainWords() {
    byte[] wrapped = wrapping.wrap(SECRET, PASSPHRASE);

    for (int i = 0; i < wrapped.length; i++) {
      // The three bytes of cost may ask for much, within bounds: those are for the next test.
      if (i < 9 || i >= 15) {
        byte[] flipped = wrapped.clone();
        flipped[i] ^= 1;
        assertThatThrownBy(() -> KeyWrapping.unwrap(flipped, PASSPHRASE))
            .isInstanceOf(IOException.class);
      }
      byte[] cut = Arrays.copyOf(wrapped, i);
      assertThatThrownBy(() -> KeyWrapping.unwrap(cut, PASSPHRASE))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("damaged");
    }
    assertThatThrownBy(
            () -> KeyWrapping.unwrap(Arrays.copyOf(wrapped, wrapped.length + 1), PASSPHRASE))
        .hasMessageContaining("follow its end");
  }

  @Test
  void unwrap_aCostBeyondTheBounds_isRefusedBeforeItIsPaid() {
    byte[] wrapped = wrapping.wrap(SECRET, PASSPHRASE);
    byte[] hungry = wrapped.clone();
    ByteBuffer.wrap(hungry).putInt(9, (1 << 20) + 1);
    byte[] negative = wrapped.clone();
    ByteBuffer.wrap(negative).putInt(9, -1);
    byte[] slow = wrapped.clone();
    slow[13] = 11;
    byte[] wide = wrapped.clone();
    wide[14] = 17;

    for (byte[] hostile : List.of(hungry, negative, slow, wide)) {
      assertThatThrownBy(() -> KeyWrapping.unwrap(hostile, PASSPHRASE))
          .hasMessageContaining("out of bounds");
    }
  }

  @Test
  void unwrap_aNewerFormat_asksForAnUpdate() {
    byte[] newer = wrapping.wrap(SECRET, PASSPHRASE);
    newer[8] = 2;

    assertThatThrownBy(() -> KeyWrapping.unwrap(newer, PASSPHRASE))
        .hasMessageContaining("update dotf");
  }

  @Test
  void cost_theDefault_isAllowed() {
    assertThatCode(() -> new Cost(256 << 10, 3, 4)).doesNotThrowAnyException();
    assertThatThrownBy(() -> new Cost(7, 1, 1)).isInstanceOf(IllegalArgumentException.class);
  }
}
