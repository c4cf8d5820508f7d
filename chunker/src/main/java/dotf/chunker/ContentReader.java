package dotf.chunker;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file's content by position; {@code OpenFile::read} is one. */
@FunctionalInterface
public interface ContentReader {
  /**
   * Reads at a position until the buffer is full or the file ends; the number of bytes, 0 at the
   * end.
   */
  int read(ByteBuffer into, long position) throws IOException;
}
