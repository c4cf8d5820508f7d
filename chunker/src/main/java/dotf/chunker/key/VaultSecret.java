package dotf.chunker.key;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The one secret of a vault: whoever has it has everything the vault protects. 32 bytes, written
 * down as 24 words ({@link RecoveryPhrase}). Immutable; compared in constant time; never printed.
 */
public final class VaultSecret {
  /** Length in bytes. */
  public static final int BYTES = 32;

  private final byte[] bytes;

  private VaultSecret(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A new secret; {@code random} must be a cryptographic source outside of tests. */
  public static VaultSecret random(RandomGenerator random) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    return new VaultSecret(bytes);
  }

  /** From exactly 32 bytes; throws {@link IllegalArgumentException} for any other number. */
  public static VaultSecret of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a vault secret has 32 bytes, not " + bytes.length);
    }
    return new VaultSecret(bytes.clone());
  }

  /**
   * From 24 words separated by white space.
   *
   * @throws RecoveryPhraseException naming the word that is wrong
   */
  public static VaultSecret fromPhrase(String words) throws RecoveryPhraseException {
    return RecoveryPhrase.parse(words).secret();
  }

  /** The 24 words that say this secret. */
  public RecoveryPhrase toPhrase() {
    return RecoveryPhrase.of(this);
  }

  /** A fresh array of the 32 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof VaultSecret that && MessageDigest.isEqual(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Says nothing of the secret. */
  @Override
  public String toString() {
    return "VaultSecret";
  }
}
