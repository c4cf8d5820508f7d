package dotf.dht.group;

import dotf.chunker.disk.Directory;
import dotf.dht.identity.KeyFile;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.PublicKey;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What the members of a group share: its public key and its secret; the founder also has the
 * private key. Kept in {@code keys/group}: public key 32, secret 32, then the private seed 32 when
 * there is one.
 */
public final class GroupKeys {
  /** Length of the secret in bytes. */
  public static final int SECRET_BYTES = 32;

  /** Length of a HELLO nonce in bytes. */
  public static final int NONCE_BYTES = 32;

  private static final KeyFile FILE = new KeyFile("group", "DOTF-GRP");
  private static final byte[] HELLO = "dotf-hello/1".getBytes(StandardCharsets.US_ASCII);

  private final PublicKey publicKey;
  private final byte[] secret;
  private final @Nullable NodeIdentity founder;
  private final GroupId id;

  /** Which end of a connection made a proof. */
  public enum Role {
    DIALER(1),
    ACCEPTOR(2);

    private final byte code;

    Role(int code) {
      this.code = (byte) code;
    }

    /** The other end. */
    public Role other() {
      return this == DIALER ? ACCEPTOR : DIALER;
    }
  }

  private GroupKeys(PublicKey publicKey, byte[] secret, @Nullable NodeIdentity founder) {
    this.publicKey = publicKey;
    this.secret = secret;
    this.founder = founder;
    this.id = GroupId.ofKey(publicKey.bytes());
  }

  /** A new group, which the caller founds. */
  public static GroupKeys found(SecureRandom random) {
    NodeIdentity key = NodeIdentity.generate(random);
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    return new GroupKeys(PublicKey.of(key.publicKey()), secret, key);
  }

  /** A group that somebody else founded; throws {@link IllegalArgumentException} for odd sizes. */
  public static GroupKeys joined(byte[] publicKey, byte[] secret) {
    if (secret.length != SECRET_BYTES) {
      throw new IllegalArgumentException("a group secret has 32 bytes, not " + secret.length);
    }
    return new GroupKeys(PublicKey.of(publicKey), secret.clone(), null);
  }

  /** Whether {@code keys/group} is there. */
  public static boolean exist(Directory keys) throws IOException {
    return FILE.exists(keys);
  }

  /** Reads {@code keys/group}. */
  public static GroupKeys read(Directory keys) throws IOException {
    byte[] content = FILE.read(keys);
    int shared = 32 + SECRET_BYTES;
    if (content.length != shared && content.length != shared + NodeIdentity.SEED_BYTES) {
      throw new IOException("the key file group is malformed; restore it from a copy");
    }
    byte[] seed = Arrays.copyOfRange(content, shared, content.length);
    return new GroupKeys(
        PublicKey.of(Arrays.copyOf(content, 32)),
        Arrays.copyOfRange(content, 32, shared),
        seed.length == 0 ? null : NodeIdentity.of(seed));
  }

  /** Makes or replaces {@code keys/group}; durable on return. */
  public void write(Directory keys) throws IOException {
    byte[] seed = founder == null ? new byte[0] : founder.seed();
    FILE.write(
        keys,
        ByteBuffer.allocate(32 + SECRET_BYTES + seed.length)
            .put(publicKey.bytes())
            .put(secret)
            .put(seed)
            .array());
  }

  /** The group's name. */
  public GroupId id() {
    return id;
  }

  /** The key that signs the founder's record. */
  public PublicKey publicKey() {
    return publicKey;
  }

  /** What proves membership; passes only to a node that showed a ticket. */
  public byte[] secret() {
    return secret.clone();
  }

  /** The group's private key, where this node founded it. */
  @Nullable NodeIdentity founder() {
    return founder;
  }

  /**
   * HMAC-SHA256(secret, {@code dotf-hello/1} ‖ role ‖ own NodeId ‖ peer's NodeId ‖ peer's nonce ‖
   * own nonce), with role 1 for the dialer and 2 for the acceptor: of no use in the other
   * direction, to anybody else, or a second time.
   */
  public byte[] proof(Role role, NodeId own, NodeId peer, byte[] peerNonce, byte[] ownNonce) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      mac.update(HELLO);
      mac.update(role.code);
      mac.update(own.bytes());
      mac.update(peer.bytes());
      mac.update(peerNonce);
      return mac.doFinal(ownNonce);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA256", e);
    }
  }

  /** Whether the peer, in its role, made this proof with our secret. */
  public boolean proves(
      byte[] proof, Role peerRole, NodeId peer, NodeId own, byte[] ownNonce, byte[] peerNonce) {
    // The peer's own view: what is ours is to it the peer's.
    byte[] expected =
        proof(peerRole, /* own= */ peer, /* peer= */ own, /* peerNonce= */ ownNonce, peerNonce);
    return MessageDigest.isEqual(proof, expected);
  }

  /** Never the secret. */
  @Override
  public String toString() {
    return "group " + id.brief();
  }
}
