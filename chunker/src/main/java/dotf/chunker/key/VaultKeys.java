package dotf.chunker.key;

import java.util.Arrays;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.math.ec.rfc8032.Ed25519;

/**
 * Everything that is derived from a vault's secret, each by HKDF-SHA256 under a label of its own:
 * PRK = Extract(empty salt, secret), key = Expand(PRK, label). Immutable; safe for use by many
 * threads; never printed.
 */
public final class VaultKeys {
  /** Length of the public vault key in bytes. */
  public static final int PUBLIC_KEY_BYTES = Ed25519.PUBLIC_KEY_SIZE;

  /** Length of a signature in bytes. */
  public static final int SIGNATURE_BYTES = Ed25519.SIGNATURE_SIZE;

  private final VaultId vaultId;
  private final SecretKey chunkIds;
  private final SecretKey blocks;
  private final SecretKey cuts;
  private final SecretKey stubs;
  private final SecretKey names;
  private final byte[] signingSeed;
  private final byte[] publicKey = new byte[PUBLIC_KEY_BYTES];

  private VaultKeys(SecretKey root) {
    vaultId = VaultId.of(Hkdf.expand(root, "dotf-vault-id/1", VaultId.BYTES));
    chunkIds = Hkdf.expandKey(root, "dotf-chunk-id/1", "HmacSHA256");
    blocks = Hkdf.expandKey(root, "dotf-block/1", "Generic");
    cuts = Hkdf.expandKey(root, "dotf-cut/1", "Generic");
    stubs = Hkdf.expandKey(root, "dotf-stub/1", "AES");
    names = Hkdf.expandKey(root, "dotf-name/1", "AES");
    signingSeed = Hkdf.expand(root, "dotf-vault-key/1", Ed25519.SECRET_KEY_SIZE);
    Ed25519.generatePublicKey(signingSeed, 0, publicKey, 0);
  }

  /** Derives all keys of a vault. */
  public static VaultKeys derive(VaultSecret secret) {
    return new VaultKeys(Hkdf.extract(new byte[0], new SecretKeySpec(secret.bytes(), "Generic")));
  }

  /** The vault's public name. */
  public VaultId vaultId() {
    return vaultId;
  }

  /** {@code k_id}: chunk ids and digests, HMAC-SHA256. */
  public SecretKey chunkIdKey() {
    return chunkIds;
  }

  /** {@code k_block}: from which each block's own key is derived. */
  public SecretKey blockKey() {
    return blocks;
  }

  /** {@code k_cut}: where content is cut. */
  public SecretKey cutKey() {
    return cuts;
  }

  /** {@code k_stub}: the sealed line of a stub. */
  public SecretKey stubKey() {
    return stubs;
  }

  /** {@code k_name}: file names inside manifests. */
  public SecretKey nameKey() {
    return names;
  }

  /** The public Ed25519 vault key, 32 bytes: {@code owner} in leases and receipts. */
  public byte[] publicKey() {
    return publicKey.clone();
  }

  /** Signs with the vault key (Ed25519, RFC 8032): 64 bytes. */
  public byte[] sign(byte[] message) {
    byte[] signature = new byte[SIGNATURE_BYTES];
    Ed25519.sign(signingSeed, 0, message, 0, message.length, signature, 0);
    return signature;
  }

  /** Whether {@code signature} is that of a vault key over a message. */
  public static boolean verify(byte[] publicKey, byte[] message, byte[] signature) {
    return publicKey.length == PUBLIC_KEY_BYTES
        && signature.length == SIGNATURE_BYTES
        && Ed25519.verify(signature, 0, publicKey, 0, message, 0, message.length);
  }

  /** Whether both are keys of the same vault. */
  @Override
  public boolean equals(Object other) {
    return other instanceof VaultKeys that && Arrays.equals(publicKey, that.publicKey);
  }

  @Override
  public int hashCode() {
    return vaultId.hashCode();
  }

  @Override
  public String toString() {
    return "keys of vault " + vaultId;
  }
}
