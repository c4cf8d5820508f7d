package dotf.agent.journal;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A value of the journal's hash chain: SHA-256 of the value before it and one encoded record, so
 * that no record can be taken out, changed or moved unnoticed.
 */
final class Chain {
  static final int BYTES = 32;
  static final Chain START = new Chain(new byte[BYTES]);

  private final byte[] value;

  private Chain(byte[] value) {
    this.value = value;
  }

  static Chain read(ByteBuffer from) {
    byte[] value = new byte[BYTES];
    from.get(value);
    return new Chain(value);
  }

  void write(ByteBuffer to) {
    to.put(value);
  }

  /** The value after one more record. */
  Chain then(byte[] record) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(value);
      return new Chain(digest.digest(record));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Chain chain && Arrays.equals(value, chain.value);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(value);
  }

  @Override
  public String toString() {
    return HexFormat.of().formatHex(value);
  }
}
