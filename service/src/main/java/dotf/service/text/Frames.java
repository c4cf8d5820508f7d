package dotf.service.text;

/**
 * The stream between agent and command line: frames of one byte of channel, four bytes of length
 * (big-endian), and that many bytes. The last frame is the exit code; a stream that ends without
 * one was cut.
 */
public final class Frames {
  /** Media type of the stream, asked for in {@code Accept}. */
  public static final String MEDIA_TYPE = "application/vnd.dotf.frames";

  /** Bytes for standard output. */
  public static final byte STDOUT = 1;

  /** Bytes for standard error. */
  public static final byte STDERR = 2;

  /** One line that replaces the one before; for a person at a terminal. */
  public static final byte PROGRESS = 3;

  /** One byte, the exit code; ends the stream. */
  public static final byte EXIT = 4;

  /** A path that the client is to open in its application. */
  public static final byte OPEN = 5;

  /** Bytes of a frame before its payload. */
  public static final int HEADER = 5;

  /** Most bytes of payload in one frame. */
  public static final int PAYLOAD_MAX = 32 << 10;

  /** Request header: columns of the client's terminal. */
  public static final String WIDTH = "Dotf-Width";

  /**
   * Request header: what standard output takes, of {@code colour} and {@code terminal}, and how
   * much is to be said where it is not as usual, {@code quiet} or {@code verbose}.
   */
  public static final String OUTPUT = "Dotf-Output";

  /** Request header: {@code true} when the answer is to be a JSON document. */
  public static final String JSON = "Dotf-Json";

  private Frames() {}
}
