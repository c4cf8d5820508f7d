package dotf.dht.session;

import dotf.dht.wire.FrameType;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Takes bytes out of DATA frames, however they were cut. For one thread. */
public final class DataReader {
  private final Stream stream;
  private final Duration frameLimit;
  private final Duration limit;
  private final long begun = System.nanoTime();
  private ByteBuffer data = ByteBuffer.allocate(0);

  /**
   * A reader of a stream's data.
   *
   * @param frameLimit how long it waits for each frame
   * @param limit how long all may take from now on, so that no peer can spin it out
   */
  public DataReader(Stream stream, Duration frameLimit, Duration limit) {
    this.stream = stream;
    this.frameLimit = frameLimit;
    this.limit = limit;
  }

  /**
   * The next bytes, in memory of their own.
   *
   * @throws SocketTimeoutException when a limit has passed
   * @throws IOException as {@link Stream#next(FrameType, Duration)}
   */
  public ByteBuffer read(int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count);
    while (bytes.hasRemaining()) {
      if (!data.hasRemaining()) {
        data = stream.next(FrameType.DATA, left()).body();
      }
      int part = Math.min(data.remaining(), bytes.remaining());
      bytes.put(data.slice(data.position(), part));
      data.position(data.position() + part);
    }
    return bytes.flip();
  }

  private Duration left() throws SocketTimeoutException {
    Duration left = limit.minusNanos(System.nanoTime() - begun);
    if (left.isNegative()) {
      throw new SocketTimeoutException("the peer took longer than " + limit.toSeconds() + " s");
    }
    return left.compareTo(frameLimit) < 0 ? left : frameLimit;
  }

  /** Whether bytes are left of a frame that has come. */
  public boolean hasMore() {
    return data.hasRemaining();
  }
}
