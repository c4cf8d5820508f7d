package dotf.chunker.manifest;

import dotf.chunker.block.BlockAddress;

/**
 * A manifest and the block that holds it.
 *
 * @param address the file's hash
 */
public record StoredFile(Manifest manifest, BlockAddress address) {
  /** What the content is. */
  public Digest digest() {
    return manifest.digest();
  }

  /** Bytes of content. */
  public long size() {
    return manifest.size();
  }
}
