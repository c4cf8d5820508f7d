package dotf.dht.identity;

import com.google.protobuf.ByteString;
import dotf.dht.wire.proto.IdentityKey;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A self-signed P-256 certificate that proves an Ed25519 identity by the libp2p TLS extension. The
 * certificate's own key lives as long as the process. (Ed25519 certificates fail in BoringSSL.)
 *
 * @param key the certificate's private key
 */
public record NodeCertificate(X509Certificate certificate, PrivateKey key) {
  static final String EXTENSION = "1.3.6.1.4.1.53594.1.1";
  static final byte[] SIGNATURE_PREFIX =
      "libp2p-tls-handshake:".getBytes(StandardCharsets.US_ASCII);

  // As wide as the specification's own examples: a wrong clock must not lock a node out.
  private static final Instant NOT_BEFORE = Instant.parse("1975-01-01T00:00:00Z");
  private static final Instant NOT_AFTER = Instant.parse("4096-01-01T00:00:00Z");

  /** A certificate with a fresh key, vouched for by the identity. */
  public static NodeCertificate issue(NodeIdentity identity, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      var name = new X500Name("CN=dotf");
      var builder =
          new JcaX509v3CertificateBuilder(
              name,
              new BigInteger(63, random).add(BigInteger.ONE),
              Date.from(NOT_BEFORE),
              Date.from(NOT_AFTER),
              name,
              pair.getPublic());
      builder.addExtension(
          new ASN1ObjectIdentifier(EXTENSION),
          false,
          signedKey(identity, pair.getPublic().getEncoded()));
      var signer = new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate());
      return new NodeCertificate(
          new JcaX509CertificateConverter().getCertificate(builder.build(signer)),
          pair.getPrivate());
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("cannot make a P-256 certificate", e);
    }
  }

  private static DERSequence signedKey(NodeIdentity identity, byte[] subjectPublicKeyInfo) {
    byte[] key =
        IdentityKey.newBuilder()
            .setType(IdentityKey.Type.ED25519)
            .setData(ByteString.copyFrom(identity.publicKey()))
            .build()
            .toByteArray();
    byte[] signature = identity.sign(PeerKey.handshakeMessage(subjectPublicKeyInfo));
    return new DERSequence(
        new DEROctetString[] {new DEROctetString(key), new DEROctetString(signature)});
  }

  /** Never the key. */
  @Override
  public String toString() {
    return "certificate " + certificate.getSerialNumber();
  }
}
