package dotf.dht.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.Seed;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NodeIdentityTest {
  @Test
  void sign_rfc8032Vector_isTheirSignature() {
    // RFC 8032, section 7.1, test 2.
    var identity =
        NodeIdentity.of(hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"));

    assertThat(identity.publicKey())
        .isEqualTo(hex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"));
    assertThat(identity.sign(hex("72")))
        .isEqualTo(
            hex(
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                    + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"));
  }

  @Test
  void verify_changedSignatureMessageOrKey_isFalse() {
    var identity = NodeIdentity.generate(new SecureRandom());
    byte[] message = "a record".getBytes(StandardCharsets.US_ASCII);
    byte[] signature = identity.sign(message);
    Random random = Seed.random("identity");

    assertThat(Ed25519.verify(identity.publicKey(), message, signature)).isTrue();
    for (int i = 0; i < 100; i++) {
      assertThat(Ed25519.verify(flip(identity.publicKey(), random), message, signature)).isFalse();
      assertThat(Ed25519.verify(identity.publicKey(), flip(message, random), signature)).isFalse();
      assertThat(Ed25519.verify(identity.publicKey(), message, flip(signature, random))).isFalse();
    }
  }

  @Test
  void verify_wrongLengths_isFalse() {
    assertThat(Ed25519.verify(new byte[31], new byte[1], new byte[64])).isFalse();
    assertThat(Ed25519.verify(new byte[32], new byte[1], new byte[63])).isFalse();
  }

  @Test
  void toString_neverShowsTheSeed() {
    var identity = NodeIdentity.generate(new SecureRandom());

    assertThat(identity.toString()).doesNotContain(HexFormat.of().formatHex(identity.seed(), 0, 4));
  }

  private static byte[] flip(byte[] bytes, Random random) {
    byte[] changed = bytes.clone();
    changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
    return changed;
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
