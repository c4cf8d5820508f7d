package dotf.dht.session;

import dotf.dht.wire.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Sends bytes as full DATA frames: small pieces share one, large ones fill many, and frames are cut
 * without regard to pieces. For one thread.
 */
public final class DataWriter {
  private final Stream stream;
  private ByteBuffer frame = ByteBuffer.allocate(Frame.BODY_MAX);

  /** A writer of a stream's data. */
  public DataWriter(Stream stream) {
    this.stream = stream;
  }

  /**
   * Takes all of {@code bytes}; sends what fills frames.
   *
   * @return false as {@link Stream#sendData}
   * @throws IOException as {@link Stream#sendData}
   */
  public boolean write(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      if (!frame.hasRemaining()) {
        if (!flush()) {
          return false;
        }
        frame = ByteBuffer.allocate(Frame.BODY_MAX);
      }
      int count = Math.min(bytes.remaining(), frame.remaining());
      frame.put(bytes.slice(bytes.position(), count));
      bytes.position(bytes.position() + count);
    }
    return true;
  }

  /**
   * Sends what has not been sent; nothing may be written after it.
   *
   * @return false as {@link Stream#sendData}
   * @throws IOException as {@link Stream#sendData}
   */
  public boolean flush() throws IOException {
    return stream.sendData(frame.flip());
  }
}
