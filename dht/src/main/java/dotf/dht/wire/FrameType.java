package dotf.dht.wire;

import org.jspecify.annotations.Nullable;

/** What a frame's body is; the code is the type byte. A code that is not here is ignored. */
public enum FrameType {
  HELLO(1),
  PROOF(2),
  NODE(3),
  PING(4),
  PONG(5),
  GOAWAY(6),
  ERROR(7),
  JOIN(8),
  JOINED(9),

  PEX(16),

  HAVE(32),
  HAVE_BITMAP(33),
  GET_BLOCK(34),
  /** The one body that is not a message: up to 64 KiB of sealed blocks or of their proofs. */
  DATA(35),
  END(36),
  CREDIT(37),
  CANCEL(38),
  PUT_BLOCKS(39),
  ACCEPT(40),
  REFUSE(41),
  RECEIPT(42),
  WANT(43),
  FOUND(44),
  AUDIT(45),
  LOCK(46),
  LOCKED(47),
  DIAL_BACK(49),
  DIALLED(50),
  HANDOVER(56),
  RELEASE(57),

  HEAD_GET(64),
  HEADS(65),
  HEAD_PUT(66),
  HEAD_NOTIFY(67);

  private static final @Nullable FrameType[] BY_CODE = new FrameType[256];

  static {
    for (FrameType type : values()) {
      BY_CODE[type.code] = type;
    }
  }

  private final int code;

  FrameType(int code) {
    this.code = code;
  }

  /** The type byte, 0 to 255. */
  public int code() {
    return code;
  }

  /** The type of a code, or null when this version does not know it. */
  public static @Nullable FrameType of(int code) {
    return code < 0 || code > 255 ? null : BY_CODE[code];
  }
}
