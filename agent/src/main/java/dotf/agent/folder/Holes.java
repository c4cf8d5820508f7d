package dotf.agent.folder;

import dotf.chunker.disk.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Writes into a new file whose space is reserved, and gives the space of long runs of zeros back:
 * so a sparse file comes back sparse, and there is room for all of it until then.
 */
final class Holes {
  private static final int BLOCK = 4096;

  /** Shorter runs are not worth a hole. */
  private static final int RUN_MIN = 64 << 10;

  private static final ByteBuffer ZEROS = ByteBuffer.allocate(BLOCK).asReadOnlyBuffer();

  private Holes() {}

  static void write(OpenFile file, ByteBuffer from, long position) throws IOException {
    ByteBuffer bytes = from.slice();
    int length = bytes.remaining();
    int written = 0;
    int at = Math.min(length, (int) Math.floorMod(-position, (long) BLOCK));
    while (at < length) {
      int end = endOfZeros(bytes, at);
      if (end - at >= RUN_MIN) {
        writePart(file, bytes, written, at, position);
        // Where there can be no holes: what is reserved reads as zeros.
        boolean _ = file.punch(position + at, end - at);
        written = end;
      }
      at = Math.max(end, at + BLOCK);
    }
    writePart(file, bytes, written, length, position);
  }

  private static int endOfZeros(ByteBuffer bytes, int from) {
    int end = from;
    while (bytes.remaining() - end >= BLOCK && bytes.slice(end, BLOCK).equals(ZEROS)) {
      end += BLOCK;
    }
    return end;
  }

  private static void writePart(OpenFile file, ByteBuffer bytes, int from, int to, long position)
      throws IOException {
    if (from < to) {
      file.write(bytes.slice(from, to - from), position + from);
    }
  }
}
