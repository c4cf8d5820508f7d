package dotf.chunker.key;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** HKDF-SHA256 (RFC 5869). */
public final class Hkdf {
  private Hkdf() {}

  /** HKDF-Extract: a pseudorandom key out of {@code key}; an empty salt is 32 zero bytes. */
  public static SecretKey extract(byte[] salt, SecretKey key) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveKey(
              "Generic", HKDFParameterSpec.ofExtract().addSalt(salt).addIKM(key).extractOnly());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java since 25 has HKDF-SHA256", e);
    }
  }

  /** HKDF-Expand: {@code length} bytes, 1 to 8,160, named by a label. */
  public static byte[] expand(SecretKey pseudorandom, String label, int length) {
    byte[] info = label.getBytes(StandardCharsets.US_ASCII);
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(HKDFParameterSpec.expandOnly(pseudorandom, info, length));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java since 25 has HKDF-SHA256", e);
    }
  }

  /** HKDF-Expand to a key of 32 bytes for {@code algorithm}. */
  public static SecretKey expandKey(SecretKey pseudorandom, String label, String algorithm) {
    return new SecretKeySpec(expand(pseudorandom, label, 32), algorithm);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
