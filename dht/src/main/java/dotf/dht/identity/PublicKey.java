package dotf.dht.identity;

import java.util.Arrays;
import java.util.HexFormat;

/** A public Ed25519 key, such as a vault's, under which its blocks are held. Immutable. */
public final class PublicKey {
  private final byte[] bytes;

  private PublicKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /** From exactly 32 bytes; throws {@link IllegalArgumentException} for any other number. */
  public static PublicKey of(byte[] bytes) {
    if (bytes.length != Ed25519.KEY_BYTES) {
      throw new IllegalArgumentException("a public key has 32 bytes, not " + bytes.length);
    }
    return new PublicKey(bytes.clone());
  }

  /** A fresh array of the 32 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PublicKey key && Arrays.equals(bytes, key.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** 64 lower-case hex digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
