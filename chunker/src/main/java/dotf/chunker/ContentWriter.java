package dotf.chunker;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes a file's content by position; {@code OpenFile::write} is one. */
@FunctionalInterface
public interface ContentWriter {
  /** Takes all of the buffer, which belongs at {@code position} in the file. */
  void write(ByteBuffer from, long position) throws IOException;
}
