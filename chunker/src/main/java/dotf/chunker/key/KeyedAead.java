package dotf.chunker.key;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.LowLevelCryptoCaller;
import com.google.crypto.tink.aead.XAesGcmKey;
import com.google.crypto.tink.aead.XAesGcmParameters;
import com.google.crypto.tink.aead.XAesGcmParameters.Variant;
import com.google.crypto.tink.aead.subtle.XAesGcmAead;
import com.google.crypto.tink.util.SecretBytes;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.SecretKey;

/**
 * XAES-256-GCM (C2SP) by Tink, for the small things that one key seals many of: stubs, names,
 * wrapped secrets. Its 24 random bytes a sealing (12 of salt, 12 of nonce) make repetition
 * improbable for 2^80 sealings. Safe for use by many threads.
 */
public final class KeyedAead {
  /** What sealing adds: 24 random bytes before, a tag of 16 behind. */
  public static final int OVERHEAD = 40;

  private static final int SALT_BYTES = 12;

  private final Aead aead;

  /** For a key of 32 bytes. */
  public KeyedAead(SecretKey key) {
    this(key.getEncoded());
  }

  @AccessesPartialKey
  @LowLevelCryptoCaller
  KeyedAead(byte[] key) {
    try {
      aead =
          XAesGcmAead.create(
              XAesGcmKey.create(
                  XAesGcmParameters.create(Variant.NO_PREFIX, SALT_BYTES),
                  SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()),
                  null));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not a key of XAES-256-GCM", e);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /** Seals {@code plain} so that it opens only beside the same {@code associated} bytes. */
  public byte[] seal(byte[] plain, byte[] associated) {
    try {
      return aead.encrypt(plain, associated);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("sealing with a good key cannot fail", e);
    }
  }

  /**
   * Opens what {@link #seal} made.
   *
   * @throws GeneralSecurityException when a bit of either argument, or the key, is another
   */
  public byte[] open(byte[] sealed, byte[] associated) throws GeneralSecurityException {
    return aead.decrypt(sealed, associated);
  }
}
