package dotf.chunker.stub;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.manifest.Content;
import dotf.chunker.manifest.Digest;
import dotf.chunker.manifest.FileMetadata;
import dotf.chunker.manifest.Manifest;
import dotf.chunker.manifest.StoredFile;
import org.jspecify.annotations.Nullable;

/**
 * What a stub says of the file it stands for.
 *
 * @param address of the manifest: the file's hash
 * @param level of the manifest's content
 * @param content null when the file has more than {@link #BLOCKS_MAX} blocks: its manifest names
 *     them
 * @param complete whether {@code metadata} has all attributes; false when they were too long for a
 *     stub, and then it has none
 */
public record Stub(
    BlockAddress address,
    int level,
    FileMetadata metadata,
    long size,
    Digest digest,
    @Nullable Content content,
    boolean complete) {

  /** No stub is longer, in bytes: 64 KiB. */
  public static final int BYTES_MAX = 64 << 10;

  /** A stub names the blocks of a file that has no more than these. */
  public static final int BLOCKS_MAX = 256;

  /** Attributes that take more bytes than this, with their names, are left to the manifest. */
  public static final int ATTRIBUTE_BYTES_MAX = 8 << 10;

  public Stub {
    if (size < 0 || (content != null && content.size() != size)) {
      throw new IllegalArgumentException("the content is not as long as the file");
    }
  }

  /** The stub of a stored file. */
  public static Stub of(StoredFile file) {
    Manifest manifest = file.manifest();
    boolean complete = manifest.metadata().attributeBytes() <= ATTRIBUTE_BYTES_MAX;
    return new Stub(
        file.address(),
        manifest.level(),
        complete ? manifest.metadata() : manifest.metadata().withoutAttributes(),
        manifest.size(),
        manifest.digest(),
        travels(manifest.content()) ? manifest.content() : null,
        complete);
  }

  private static boolean travels(Content content) {
    return switch (content) {
      case Content.Inline inline -> true;
      case Content.Chunks(var chunks) -> chunks.size() <= BLOCKS_MAX;
      case Content.Lists lists -> false;
    };
  }

  /**
   * The file's manifest out of the stub alone, for when its block is lost; null for a file of more
   * than {@link #BLOCKS_MAX} blocks. Without attributes when not {@link #complete}: so ask for the
   * block first.
   */
  public @Nullable Manifest toManifest() {
    return content == null ? null : new Manifest(metadata, size, digest, content);
  }
}
