package dotf.dht.group;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dotf.dht.identity.Ed25519;
import dotf.dht.identity.PublicKey;
import dotf.dht.identity.Signer;
import dotf.dht.wire.proto.Signed;

/** Signs payloads, and reads those of others: as they were sent, and only with their context. */
final class Records {
  /** A member's or removal's record is no longer, so that all of a group fit into one frame. */
  static final int MEMBER_BYTES_MAX = 240;

  /** A node's record is no longer, for the same reason. */
  static final int NODE_BYTES_MAX = 768;

  private Records() {}

  static void checkSize(Signed signed, int most) throws RecordException {
    if (signed.getSerializedSize() > most) {
      throw new RecordException(
          "a signed record of " + signed.getSerializedSize() + " bytes, more than " + most);
    }
  }

  static Signed sign(MessageLite payload, Signer signer) {
    byte[] bytes = payload.toByteArray();
    return Signed.newBuilder()
        .setPayload(ByteString.copyFrom(bytes))
        .setSignature(ByteString.copyFrom(signer.sign().apply(bytes)))
        .build();
  }

  static <T extends MessageLite> T parse(Signed signed, Parser<T> parser) throws RecordException {
    try {
      return parser.parseFrom(signed.getPayload());
    } catch (InvalidProtocolBufferException e) {
      throw new RecordException("a signed record is malformed", e);
    }
  }

  /** Refuses a payload of another kind, and a signature that is not this key's. */
  static void check(Signed signed, String context, String wanted, ByteString key)
      throws RecordException {
    if (!context.equals(wanted)) {
      throw new RecordException("a signed record is no " + wanted + " but " + quoted(context));
    }
    if (!signedBy(signed, key.toByteArray())) {
      throw new RecordException("the signature of a " + wanted + " is not valid");
    }
  }

  static boolean signedBy(Signed signed, byte[] key) {
    return Ed25519.verify(
        key, signed.getPayload().toByteArray(), signed.getSignature().toByteArray());
  }

  static PublicKey key(ByteString bytes) throws RecordException {
    return PublicKey.of(sized(bytes, Ed25519.KEY_BYTES, "key"));
  }

  /** The bytes, when there are as many as there must be. */
  static byte[] sized(ByteString bytes, int length, String what) throws RecordException {
    if (bytes.size() != length) {
      throw new RecordException("a signed record has a " + what + " of " + bytes.size() + " bytes");
    }
    return bytes.toByteArray();
  }

  private static String quoted(String foreign) {
    String start = foreign.substring(0, Math.min(24, foreign.length()));
    return '"' + start.replaceAll("[^\\x20-\\x7e]", "?") + '"';
  }
}
