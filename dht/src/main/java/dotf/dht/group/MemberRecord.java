package dotf.dht.group;

import com.google.protobuf.ByteString;
import dotf.dht.identity.Ed25519;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.Signer;
import dotf.dht.wire.proto.MemberPayload;
import dotf.dht.wire.proto.Signed;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody's word that a node belongs to a group. It counts once the signer's own record does: the
 * member table checks that.
 *
 * @param key the member's public key
 * @param admittedBy who signed; null: the group key itself, for the founder
 * @param signed the bytes as signed
 */
record MemberRecord(
    GroupId group,
    ByteString key,
    NodeId member,
    @Nullable NodeId admittedBy,
    Instant time,
    Signed signed) {
  private static final String CONTEXT = "dotf-member/1";

  static MemberRecord admit(
      GroupId group, byte[] key, @Nullable NodeId by, Signer signer, Instant time) {
    var payload =
        MemberPayload.newBuilder()
            .setContext(CONTEXT)
            .setGroup(ByteString.copyFrom(group.bytes()))
            .setKey(ByteString.copyFrom(key))
            .setAdmittedBy(by == null ? ByteString.EMPTY : ByteString.copyFrom(by.bytes()))
            .setTime(time.toEpochMilli())
            .build();
    return new MemberRecord(
        group,
        payload.getKey(),
        NodeId.ofKey(key),
        by,
        Instant.ofEpochMilli(payload.getTime()),
        Records.sign(payload, signer));
  }

  /** Reads a record without checking its signature. */
  static MemberRecord parse(Signed signed) throws RecordException {
    Records.checkSize(signed, Records.MEMBER_BYTES_MAX);
    MemberPayload payload = Records.parse(signed, MemberPayload.parser());
    if (!payload.getContext().equals(CONTEXT)) {
      throw new RecordException("a signed record is no " + CONTEXT);
    }
    ByteString by = payload.getAdmittedBy();
    return new MemberRecord(
        GroupId.of(Records.sized(payload.getGroup(), GroupId.BYTES, "group")),
        payload.getKey(),
        NodeId.ofKey(Records.sized(payload.getKey(), Ed25519.KEY_BYTES, "key")),
        by.isEmpty() ? null : NodeId.of(Records.sized(by, NodeId.BYTES, "signer")),
        Instant.ofEpochMilli(payload.getTime()),
        signed);
  }
}
