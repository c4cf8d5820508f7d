package dotf.dht.identity;

import java.security.SecureRandom;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.signers.Ed25519Signer;

/** An Ed25519 key pair: a node's own, or a group's. Safe for use by many threads. */
public final class NodeIdentity {
  /** Length of the secret seed in bytes. */
  public static final int SEED_BYTES = 32;

  private final Ed25519PrivateKeyParameters key;
  private final byte[] publicKey;
  private final NodeId id;

  private NodeIdentity(Ed25519PrivateKeyParameters key) {
    this.key = key;
    this.publicKey = key.generatePublicKey().getEncoded();
    this.id = NodeId.ofKey(publicKey);
  }

  /** A new random key pair. */
  public static NodeIdentity generate(SecureRandom random) {
    byte[] seed = new byte[SEED_BYTES];
    random.nextBytes(seed);
    return of(seed);
  }

  /** From its secret seed of 32 bytes. */
  public static NodeIdentity of(byte[] seed) {
    if (seed.length != SEED_BYTES) {
      throw new IllegalArgumentException("an Ed25519 seed has 32 bytes, not " + seed.length);
    }
    return new NodeIdentity(new Ed25519PrivateKeyParameters(seed));
  }

  /** The secret: for the key file only. */
  public byte[] seed() {
    return key.getEncoded();
  }

  /** The id under which others know this node. */
  public NodeId id() {
    return id;
  }

  /** The public key, 32 bytes. */
  public byte[] publicKey() {
    return publicKey.clone();
  }

  /** The signature of a message, 64 bytes (RFC 8032, pure Ed25519). */
  public byte[] sign(byte[] message) {
    var signer = new Ed25519Signer();
    signer.init(true, key);
    signer.update(message, 0, message.length);
    return signer.generateSignature();
  }

  /** This key pair as one that signs records. */
  public Signer signer() {
    return new Signer(PublicKey.of(publicKey), this::sign);
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return "node " + id.brief();
  }
}
