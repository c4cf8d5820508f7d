package dotf.chunker.block;

import java.io.IOException;

/** No copy of a block can be had now. */
public final class BlockMissingException extends IOException {
  private static final long serialVersionUID = 1L;

  private final transient BlockAddress address;

  public BlockMissingException(BlockAddress address, String message) {
    super(message);
    this.address = address;
  }

  /** The block that was asked for. */
  public BlockAddress address() {
    return address;
  }
}
