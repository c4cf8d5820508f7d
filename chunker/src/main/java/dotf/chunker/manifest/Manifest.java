package dotf.chunker.manifest;

/**
 * One version of one file. It is sealed as a block of kind manifest, and that block's address is
 * the file's hash.
 *
 * @param size bytes of content
 */
public record Manifest(FileMetadata metadata, long size, Digest digest, Content content) {
  public Manifest {
    if (content.size() != size) {
      throw new IllegalArgumentException(
          "a file of " + size + " bytes cannot consist of " + content.size());
    }
  }

  /** 0 when every block of the content is named in the manifest, else the levels of lists below. */
  public int level() {
    return content.level();
  }
}
