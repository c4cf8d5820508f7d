package dotf.chunker;

import dotf.chunker.codec.BlockCodec;
import dotf.chunker.key.VaultKeys;
import dotf.chunker.key.VaultSecret;
import dotf.chunker.manifest.FileId;
import dotf.chunker.manifest.FileMetadata;
import dotf.chunker.manifest.VersionVector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Map;

/** One vault for tests, its keys always the same. */
public final class Vault {
  public static final VaultKeys KEYS = VaultKeys.derive(VaultSecret.of(new byte[32]));
  public static final BlockCodec CODEC = new BlockCodec(KEYS, new SecureRandom());
  public static final FileMetadata METADATA =
      FileMetadata.of(
          new FileId(1, 2),
          VersionVector.NONE,
          null,
          Instant.parse("2026-08-03T14:11:12.123456789Z"),
          0640,
          Map.of("user.colour", new byte[] {1, 2, 3}),
          "holiday.mp4");

  private Vault() {}

  /** Reads from an array as from a file. */
  public static ContentReader reader(byte[] content) {
    return (into, position) -> {
      int length = (int) Math.max(0, Math.min(into.remaining(), content.length - position));
      into.put(content, (int) position, length);
      return length;
    };
  }

  /** Writes into an array as into a file. */
  public static ContentWriter writer(byte[] content) {
    return (from, position) -> from.get(content, Math.toIntExact(position), from.remaining());
  }

  /** The bytes of a buffer, which stay unread. */
  public static byte[] bytes(ByteBuffer buffer) {
    byte[] bytes = new byte[buffer.remaining()];
    buffer.duplicate().get(bytes);
    return bytes;
  }

  /** Fails the first time it is asked after {@code allowed} times. */
  public static Checkpoint failsAfter(int allowed) {
    int[] left = {allowed};
    return () -> {
      if (left[0]-- == 0) {
        throw new IOException("the lease was broken");
      }
    };
  }
}
