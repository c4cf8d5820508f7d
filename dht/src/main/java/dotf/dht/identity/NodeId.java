package dotf.dht.identity;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** A node as the network knows it: the SHA-256 of its Ed25519 public key. Immutable. */
public final class NodeId implements Comparable<NodeId> {
  /** Length in bytes. */
  public static final int BYTES = 32;

  private final byte[] bytes;

  private NodeId(byte[] bytes) {
    this.bytes = bytes;
  }

  /** From exactly 32 bytes; throws {@link IllegalArgumentException} for any other number. */
  public static NodeId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("a node id has 32 bytes, not " + bytes.length);
    }
    return new NodeId(bytes.clone());
  }

  /** The id of the node that has this public key. */
  public static NodeId ofKey(byte[] publicKey) {
    try {
      return new NodeId(MessageDigest.getInstance("SHA-256").digest(publicKey));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** From 64 hex digits; throws {@link IllegalArgumentException} for anything else. */
  public static NodeId parse(String hex) {
    return of(HexFormat.of().parseHex(hex));
  }

  /** A fresh array of the 32 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The first eight hex digits, for people and logs; not unique. */
  public String brief() {
    return HexFormat.of().formatHex(bytes, 0, 4);
  }

  @Override
  public int compareTo(NodeId other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NodeId id && Arrays.equals(bytes, id.bytes);
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
