package dotf.chunker.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.fixtures.Golden;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class VaultKeysTest {
  private static final VaultSecret SECRET =
      VaultSecret.of(
          HexFormat.of()
              .parseHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"));
  private static final VaultKeys KEYS = VaultKeys.derive(SECRET);

  @Test
  void derive_givesTheKeysOfTheGoldenVectors() {
    HexFormat hex = HexFormat.of();
    StringBuilder text = new StringBuilder();
    text.append("secret ").append(hex.formatHex(SECRET.bytes())).append('\n');
    text.append("phrase ").append(SECRET.toPhrase().text()).append('\n');
    text.append("vault id ").append(KEYS.vaultId()).append('\n');
    text.append("vault key ").append(hex.formatHex(KEYS.publicKey())).append('\n');
    List<SecretKey> keys =
        List.of(KEYS.chunkIdKey(), KEYS.blockKey(), KEYS.cutKey(), KEYS.stubKey(), KEYS.nameKey());
    List<String> names = List.of("k_id", "k_block", "k_cut", "k_stub", "k_name");
    for (int i = 0; i < keys.size(); i++) {
      text.append(names.get(i)).append(' ');
      text.append(hex.formatHex(keys.get(i).getEncoded())).append('\n');
    }
    Golden.matches("keys-1.txt", text.toString());
  }

  @Test
  void hkdf_theFirstVectorOfRfc5869() {
    HexFormat hex = HexFormat.of();
    SecretKey input = new SecretKeySpec(hex.parseHex("0b".repeat(22)), "Generic");
    SecretKey pseudorandom = Hkdf.extract(hex.parseHex("000102030405060708090a0b0c"), input);

    assertThat(hex.formatHex(pseudorandom.getEncoded()))
        .isEqualTo("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
  }

  @Test
  void sign_theJdkAcceptsTheSignature() throws GeneralSecurityException {
    byte[] message = {1, 2, 3};
    byte[] signature = KEYS.sign(message);
    byte[] key = KEYS.publicKey();

    // RFC 8032: little-endian y, the top bit is x's parity.
    byte[] bigEndian = new byte[key.length];
    for (int i = 0; i < key.length; i++) {
      bigEndian[i] = key[key.length - 1 - i];
    }
    boolean odd = bigEndian[0] < 0;
    bigEndian[0] &= 0x7f;
    EdECPoint point = new EdECPoint(odd, new BigInteger(1, bigEndian));
    Signature jdk = Signature.getInstance("Ed25519");
    jdk.initVerify(
        KeyFactory.getInstance("Ed25519")
            .generatePublic(new EdECPublicKeySpec(NamedParameterSpec.ED25519, point)));
    jdk.update(message);

    assertThat(jdk.verify(signature)).isTrue();
    assertThat(VaultKeys.verify(key, message, signature)).isTrue();
  }

  @Test
  void verify_anythingElse_isFalse() {
    byte[] message = {1, 2, 3};
    byte[] signature = KEYS.sign(message);
    byte[] other = VaultKeys.derive(VaultSecret.of(new byte[32])).publicKey();

    assertThat(VaultKeys.verify(other, message, signature)).isFalse();
    assertThat(VaultKeys.verify(KEYS.publicKey(), new byte[] {1, 2}, signature)).isFalse();
    assertThat(VaultKeys.verify(KEYS.publicKey(), message, new byte[63])).isFalse();
    assertThat(VaultKeys.verify(new byte[0], message, signature)).isFalse();
  }

  @Test
  void keyedAead_aChangedBitAnywhereOrOtherContext_doesNotOpen() throws GeneralSecurityException {
    KeyedAead aead = new KeyedAead(KEYS.stubKey());
    byte[] sealed = aead.seal(new byte[] {7}, new byte[] {8});

    assertThat(aead.open(sealed, new byte[] {8})).containsExactly(7);
    assertThat(sealed).hasSize(1 + KeyedAead.OVERHEAD);
    assertThatThrownBy(() -> aead.open(sealed, new byte[] {9}))
        .isInstanceOf(GeneralSecurityException.class);
    for (int bit = 0; bit < sealed.length * 8; bit++) {
      byte[] flipped = sealed.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> aead.open(flipped, new byte[] {8}))
          .isInstanceOf(GeneralSecurityException.class);
    }
    assertThatThrownBy(() -> aead.open(new byte[3], new byte[] {8}))
        .isInstanceOf(GeneralSecurityException.class);
  }
}
