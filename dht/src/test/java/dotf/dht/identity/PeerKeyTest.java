package dotf.dht.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dotf.dht.wire.proto.IdentityKey;
import dotf.fixtures.Seed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The certificates of the libp2p TLS specification, and our own. */
class PeerKeyTest {
  private final NodeIdentity identity = NodeIdentity.generate(new SecureRandom());

  @ParameterizedTest
  @CsvSource({
    "ed25519, ED25519, 12D3KooWM6CgA9iBFZmcYAHA6A2qvbAxqfkmrYiRQuz3XEsk4Ksv",
    "ecdsa, ECDSA, QmfXbAwNjJLXfesgztEHe8HwgVDCMMpZ9Eax1HYq6hn9uE",
    "secp256k1, SECP256K1, 16Uiu2HAkutTMoTzDw1tCvSRtu6YoixJwS46S1ZFxW8hSx9fWHiPs",
  })
  void verify_publishedCertificate_givesItsPeer(String name, String type, String peer)
      throws GeneralSecurityException {
    PeerKey key = PeerKey.verify(published(name));

    assertThat(key.type()).isEqualTo(IdentityKey.Type.valueOf(type));
    assertThat(libp2pPeerId(key.encoded())).isEqualTo(peer);
  }

  @Test
  void verify_publishedCertificateOfAnotherKey_isRefused() {
    assertThatExceptionOfType(CertificateException.class)
        .isThrownBy(() -> PeerKey.verify(published("mismatch")))
        .withMessageContaining("did not sign");
  }

  @Test
  void nodeId_keyOfAnotherKind_isNoNode() throws CertificateException {
    PeerKey key = PeerKey.verify(published("secp256k1"));

    assertThatExceptionOfType(CertificateException.class).isThrownBy(key::nodeId);
  }

  @Test
  void verify_ownCertificate_givesTheNode() throws CertificateException {
    X509Certificate certificate = NodeCertificate.issue(identity, new SecureRandom()).certificate();

    assertThat(PeerTrust.node(new X509Certificate[] {certificate})).isEqualTo(identity.id());
    assertThat(certificate.getPublicKey().getAlgorithm()).isEqualTo("EC");
  }

  @Test
  void node_chainOfTwo_isRefused() {
    X509Certificate certificate = NodeCertificate.issue(identity, new SecureRandom()).certificate();

    assertThatExceptionOfType(CertificateException.class)
        .isThrownBy(() -> PeerTrust.node(new X509Certificate[] {certificate, certificate}));
  }

  @Test
  void verify_anyByteChanged_isRefused() throws GeneralSecurityException {
    byte[] der = NodeCertificate.issue(identity, new SecureRandom()).certificate().getEncoded();
    Random random = Seed.random("certificate");
    for (int run = 0; run < 60; run++) {
      int i = random.nextInt(der.length);
      byte[] changed = der.clone();
      changed[i] ^= 0x20;
      NodeId seen = nodeOrNull(changed);
      assertThat(seen).as("byte %s", i).isNull();
    }
  }

  private static @Nullable NodeId nodeOrNull(byte[] der) {
    try {
      return PeerKey.verify(parse(der)).nodeId();
    } catch (CertificateException expected) {
      return null;
    }
  }

  private static X509Certificate published(String name) throws CertificateException {
    try (InputStream in = PeerKeyTest.class.getResourceAsStream("/libp2p-tls/" + name + ".hex")) {
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
      return parse(HexFormat.of().parseHex(hex));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static X509Certificate parse(byte[] der) throws CertificateException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
  }

  /** The specification names peers by the multihash of their key: itself when short. */
  private static String libp2pPeerId(byte[] encodedKey) throws GeneralSecurityException {
    boolean inline = encodedKey.length <= 42;
    byte[] digest = inline ? encodedKey : MessageDigest.getInstance("SHA-256").digest(encodedKey);
    byte[] multihash =
        ByteBuffer.allocate(2 + digest.length)
            .put((byte) (inline ? 0x00 : 0x12))
            .put((byte) digest.length)
            .put(digest)
            .array();
    return base58(multihash);
  }

  private static String base58(byte[] bytes) {
    String alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    StringBuilder text = new StringBuilder();
    BigInteger rest = new BigInteger(1, bytes);
    for (; rest.signum() > 0; rest = rest.divide(BigInteger.valueOf(58))) {
      text.append(alphabet.charAt(rest.mod(BigInteger.valueOf(58)).intValue()));
    }
    for (int i = 0; i < bytes.length && bytes[i] == 0; i++) {
      text.append(alphabet.charAt(0));
    }
    return text.reverse().toString();
  }
}
