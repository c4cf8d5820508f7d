package dotf.dht.identity;

import com.google.protobuf.InvalidProtocolBufferException;
import dotf.dht.wire.proto.IdentityKey;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.Set;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;

/**
 * The identity key that a certificate proves (libp2p specs, tls.md). dotf's own nodes have Ed25519
 * keys; the specification's other elliptic curves are read too, and no RSA.
 *
 * @param encoded the key as the extension carries it
 */
@SuppressWarnings("ArrayRecordComponent") // parsed once, never compared
public record PeerKey(IdentityKey.Type type, byte[] key, byte[] encoded) {
  private static final int EXTENSION_BYTES_MAX = 4096;

  /**
   * Reads and checks a certificate's identity: validity, self-signature, the extension, and the
   * identity's signature over the certificate's key.
   *
   * @throws CertificateException when any of it does not hold; the message says which
   */
  public static PeerKey verify(X509Certificate certificate) throws CertificateException {
    try {
      certificate.checkValidity();
      certificate.verify(certificate.getPublicKey());
      refuseUnknownCritical(certificate);
      byte[] extension = certificate.getExtensionValue(NodeCertificate.EXTENSION);
      if (extension == null || extension.length > EXTENSION_BYTES_MAX) {
        throw new CertificateException("the certificate names no node");
      }
      var signedKey = ASN1Sequence.getInstance(ASN1OctetString.getInstance(extension).getOctets());
      if (signedKey.size() != 2) {
        throw new CertificateException("the certificate's node key is malformed");
      }
      byte[] encoded = ASN1OctetString.getInstance(signedKey.getObjectAt(0)).getOctets();
      byte[] signature = ASN1OctetString.getInstance(signedKey.getObjectAt(1)).getOctets();
      IdentityKey parsed = IdentityKey.parseFrom(encoded);
      PeerKey key = new PeerKey(parsed.getType(), parsed.getData().toByteArray(), encoded);
      byte[] message = handshakeMessage(certificate.getPublicKey().getEncoded());
      if (!key.signed(message, signature)) {
        throw new CertificateException("the certificate's node key did not sign it");
      }
      return key;
    } catch (CertificateException e) {
      throw e;
    } catch (GeneralSecurityException
        | InvalidProtocolBufferException
        | IllegalArgumentException
        | ArithmeticException
        | ClassCastException e) {
      throw new CertificateException("the certificate is malformed: " + e.getMessage(), e);
    }
  }

  /**
   * The node that this key is.
   *
   * @throws CertificateException when the key is not an Ed25519 key: only such are nodes
   */
  public NodeId nodeId() throws CertificateException {
    if (type != IdentityKey.Type.ED25519) {
      throw new CertificateException("a node's key is Ed25519, not " + type);
    }
    return NodeId.ofKey(key);
  }

  static byte[] handshakeMessage(byte[] subjectPublicKeyInfo) {
    return ByteBuffer.allocate(
            NodeCertificate.SIGNATURE_PREFIX.length + subjectPublicKeyInfo.length)
        .put(NodeCertificate.SIGNATURE_PREFIX)
        .put(subjectPublicKeyInfo)
        .array();
  }

  private static void refuseUnknownCritical(X509Certificate certificate)
      throws CertificateException {
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    if (critical != null && !Set.of(NodeCertificate.EXTENSION).containsAll(critical)) {
      throw new CertificateException("the certificate has a critical extension we do not know");
    }
  }

  private boolean signed(byte[] message, byte[] signature) throws GeneralSecurityException {
    return switch (type) {
      case ED25519 -> Ed25519.verify(key, message, signature);
      case ECDSA -> ecdsaSigned(message, signature);
      case SECP256K1 -> secp256k1Signed(message, signature);
      case RSA, UNRECOGNIZED ->
          throw new CertificateException("a node's key is an elliptic-curve key, not " + type);
    };
  }

  private boolean ecdsaSigned(byte[] message, byte[] signature) throws GeneralSecurityException {
    var verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(key)));
    verifier.update(message);
    return verifier.verify(signature);
  }

  // The JDK has no secp256k1.
  private boolean secp256k1Signed(byte[] message, byte[] signature)
      throws GeneralSecurityException {
    X9ECParameters curve = CustomNamedCurves.getByName("secp256k1");
    var domain = new ECDomainParameters(curve);
    var verifier = new ECDSASigner();
    verifier.init(false, new ECPublicKeyParameters(curve.getCurve().decodePoint(key), domain));
    var parts = ASN1Sequence.getInstance(signature);
    if (parts.size() != 2) {
      return false;
    }
    return verifier.verifySignature(
        MessageDigest.getInstance("SHA-256").digest(message), integer(parts, 0), integer(parts, 1));
  }

  private static BigInteger integer(ASN1Sequence parts, int index) {
    return ASN1Integer.getInstance(parts.getObjectAt(index)).getValue();
  }
}
