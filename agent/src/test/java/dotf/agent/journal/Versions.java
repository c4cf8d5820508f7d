package dotf.agent.journal;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.manifest.Digest;
import dotf.chunker.manifest.FileId;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** Made-up versions of files. */
public final class Versions {
  private Versions() {}

  /** A random version. */
  public static FileVersion random(RandomGenerator random) {
    return new FileVersion(
        BlockAddress.of(bytes(random, BlockAddress.BYTES)),
        FileId.random(random),
        1 + random.nextLong(100),
        random.nextLong(1L << 40),
        Instant.ofEpochSecond(random.nextLong(-1_000_000, 4_000_000_000L), random.nextInt(1000)),
        Digest.of(bytes(random, Digest.BYTES)));
  }

  private static byte[] bytes(RandomGenerator random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
