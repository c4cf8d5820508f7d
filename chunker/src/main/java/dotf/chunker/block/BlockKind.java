package dotf.chunker.block;

import java.util.Arrays;
import java.util.Optional;

/** What a sealed block holds; the code is a byte of the block's authenticated header. */
public enum BlockKind {
  CHUNK(1),
  MANIFEST(2),
  JOURNAL(3);

  private final int code;

  BlockKind(int code) {
    this.code = code;
  }

  /** The kind with this code; empty when no kind has it. */
  public static Optional<BlockKind> of(int code) {
    return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
  }

  /** The byte in the header. */
  public int code() {
    return code;
  }
}
