package dotf.chunker.block;

/** What a sealed block holds; the code is a byte of the block's authenticated header. */
public enum BlockKind {
  CHUNK(1),
  MANIFEST(2),
  JOURNAL(3);

  private final int code;

  BlockKind(int code) {
    this.code = code;
  }

  /** The byte in the header. */
  public int code() {
    return code;
  }
}
