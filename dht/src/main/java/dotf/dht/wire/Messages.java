package dotf.dht.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;

/** Reads what peers send in a frame's body. */
public final class Messages {
  private static final int DEPTH_MAX = 8;
  private static final int TEXT_MAX = 200;

  private Messages() {}

  /**
   * The message; at most a frame's size, at most eight levels deep.
   *
   * @throws MalformedFrameException when the body is no such message
   */
  public static <T extends MessageLite> T parse(Parser<T> parser, Frame frame)
      throws MalformedFrameException {
    try {
      CodedInputStream in = CodedInputStream.newInstance(frame.body());
      in.setRecursionLimit(DEPTH_MAX);
      T message = parser.parseFrom(in);
      in.checkLastTagWas(0);
      return message;
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedFrameException("a malformed message of type " + frame.code(), e);
    }
  }

  /** A peer's words, fit for a log or terminal: no control characters, at most 200. */
  public static String printable(String foreign) {
    return foreign.substring(0, Math.min(TEXT_MAX, foreign.length())).replaceAll("\\p{C}", "?");
  }
}
