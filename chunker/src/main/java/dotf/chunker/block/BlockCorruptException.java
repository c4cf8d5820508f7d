package dotf.chunker.block;

import java.io.IOException;

/** Bytes were found whose address, tag or length is not the block's. */
public final class BlockCorruptException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient BlockAddress address;

  public BlockCorruptException(BlockAddress address, String message) {
    super(message);
    this.address = address;
  }

  /** The block that was asked for. */
  public BlockAddress address() {
    return address;
  }
}
