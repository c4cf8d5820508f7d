package dotf.dht.wire;

import com.google.protobuf.MessageLite;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * One frame: u32 length of what follows, u8 type, u64 stream, body. Big-endian. Immutable; the
 * body's memory is not copied.
 *
 * @param code the type byte
 * @param stream the request that it belongs to; 0: the connection
 * @param body at most {@link #BODY_MAX} bytes, position 0
 */
public record Frame(int code, long stream, ByteBuffer body) {
  /** No body is longer, bulk or message: 64 KiB. */
  public static final int BODY_MAX = 64 << 10;

  /** Bytes before the body. */
  public static final int HEADER_BYTES = 4 + 1 + 8;

  /** The stream of messages that belong to no request. */
  public static final long CONNECTION = 0;

  static final int LENGTH_MIN = HEADER_BYTES - 4;

  public Frame {
    body = body.slice().asReadOnlyBuffer();
    if (code < 0 || code > 255 || body.remaining() > BODY_MAX) {
      throw new IllegalArgumentException("no such frame: type " + code + ", " + body);
    }
  }

  /** A frame that holds a message. */
  public static Frame of(FrameType type, long stream, MessageLite message) {
    return new Frame(type.code(), stream, ByteBuffer.wrap(message.toByteArray()));
  }

  /** A frame of raw bytes, or of none. */
  public static Frame of(FrameType type, long stream, ByteBuffer body) {
    return new Frame(type.code(), stream, body);
  }

  /** The type, or null when this version does not know it. */
  public @Nullable FrameType type() {
    return FrameType.of(code);
  }

  /** A fresh view of the body. */
  @Override
  public ByteBuffer body() {
    return body.duplicate();
  }

  /** Bytes on the wire. */
  public int size() {
    return HEADER_BYTES + body.remaining();
  }

  /** The header, ready to be sent before the body. */
  public ByteBuffer header() {
    return ByteBuffer.allocate(HEADER_BYTES)
        .putInt(LENGTH_MIN + body.remaining())
        .put((byte) code)
        .putLong(stream)
        .flip();
  }
}
