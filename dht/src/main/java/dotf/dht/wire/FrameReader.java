package dotf.dht.wire;

import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a connection's bytes into frames, however they arrive. A length that no frame has is refused
 * as soon as its four bytes are there, before anything is allocated. For one thread.
 */
public final class FrameReader {
  private final ByteBuffer header = ByteBuffer.allocate(Frame.HEADER_BYTES);
  private @Nullable ByteBuffer body;
  private long frames;

  /**
   * Takes all of {@code bytes} and hands on every frame that is now complete.
   *
   * @throws MalformedFrameException when the bytes are no frames; the reader is of no use any more
   */
  public void feed(ByteBuffer bytes, Consumer<Frame> sink) throws MalformedFrameException {
    while (bytes.hasRemaining()) {
      ByteBuffer current = body;
      if (current == null) {
        fill(header, bytes);
        if (header.position() >= 4) {
          checkLength(header.getInt(0));
        }
        if (header.hasRemaining()) {
          return;
        }
        current = ByteBuffer.allocate(header.getInt(0) - Frame.LENGTH_MIN);
        body = current;
      }
      fill(current, bytes);
      if (!current.hasRemaining()) {
        body = null;
        frames++;
        header.clear();
        sink.accept(new Frame(header.get(4) & 0xff, header.getLong(5), current.flip()));
      }
    }
  }

  /** Whether a frame has begun and is not complete. */
  public boolean partial() {
    return body != null || header.position() > 0;
  }

  /** How many frames were complete so far. */
  public long frames() {
    return frames;
  }

  private static void fill(ByteBuffer into, ByteBuffer from) {
    int count = Math.min(into.remaining(), from.remaining());
    into.put(from.slice(from.position(), count));
    from.position(from.position() + count);
  }

  private static void checkLength(int length) throws MalformedFrameException {
    if (length < Frame.LENGTH_MIN || length > Frame.LENGTH_MIN + Frame.BODY_MAX) {
      throw new MalformedFrameException(
          "a frame of " + Integer.toUnsignedString(length) + " bytes");
    }
  }
}
