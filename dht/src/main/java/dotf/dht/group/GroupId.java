package dotf.dht.group;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** A group's name: SHA-256({@code dotf-group/1} ‖ the group's public key). Immutable. */
public final class GroupId {
  /** Length in bytes. */
  public static final int BYTES = 32;

  private static final byte[] CONTEXT = "dotf-group/1".getBytes(StandardCharsets.US_ASCII);

  private final byte[] bytes;

  private GroupId(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The id of the group with this public key. */
  public static GroupId ofKey(byte[] publicKey) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(CONTEXT);
      return new GroupId(sha256.digest(publicKey));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** From exactly 32 bytes; throws {@link IllegalArgumentException} for any other number. */
  public static GroupId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a group id has 32 bytes, not " + bytes.length);
    }
    return new GroupId(bytes.clone());
  }

  /** A fresh array of the 32 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The first eight hex digits, for people and logs. */
  public String brief() {
    return HexFormat.of().formatHex(bytes, 0, 4);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof GroupId id && Arrays.equals(bytes, id.bytes);
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
