package dotf.chunker.manifest;

import dotf.chunker.block.ChunkId;
import dotf.chunker.block.Hash;
import dotf.chunker.key.VaultKeys;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.Mac;

/**
 * What a file's content is, inside one vault: HMAC-SHA256({@code k_id}, {@code dotf-digest/1} ‖ id
 * and length (4 bytes) of each chunk in order). Equal digests are equal contents. Never leaves the
 * vault in the clear.
 */
public record Digest(Hash hash) {
  /** Length in bytes. */
  public static final int BYTES = Hash.BYTES;

  private static final byte[] LABEL = "dotf-digest/1".getBytes(StandardCharsets.US_ASCII);

  /** Takes the next 32 bytes of {@code from}. */
  public static Digest read(ByteBuffer from) {
    return new Digest(Hash.read(from));
  }

  /** From exactly 32 bytes; throws {@link IllegalArgumentException} for any other number. */
  public static Digest of(byte[] bytes) {
    return new Digest(Hash.of(bytes));
  }

  /** A fresh array of the 32 bytes. */
  public byte[] bytes() {
    return hash.bytes();
  }

  /** 64 lower-case hex digits. */
  @Override
  public String toString() {
    return hash.toString();
  }

  /** A digest in the making; belongs to one thread. */
  public static final class Builder {
    private final Mac mac;
    private long size;

    /** The digest of nothing yet, in the vault of these keys. */
    public Builder(VaultKeys keys) {
      try {
        mac = Mac.getInstance("HmacSHA256");
        mac.init(keys.chunkIdKey());
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java has HMAC-SHA256", e);
      }
      mac.update(LABEL);
    }

    /** Adds the next chunk. */
    public void add(ChunkId id, int length) {
      mac.update(ByteBuffer.allocate(ChunkId.BYTES + 4).put(id.bytes()).putInt(length).flip());
      size += length;
    }

    /** Bytes of content so far. */
    public long size() {
      return size;
    }

    /** The digest; the builder is then of no more use. */
    public Digest build() {
      return Digest.of(mac.doFinal());
    }
  }
}
