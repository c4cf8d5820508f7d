package dotf.dht.group;

import com.google.protobuf.ByteString;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.wire.proto.RemovalPayload;
import dotf.dht.wire.proto.Signed;
import java.time.Instant;

/**
 * A member's word that a node is not of the group any more; final. It counts once the signer's own
 * record does: the member table checks that.
 *
 * @param remover who signed; the removed node itself when it left
 * @param signed the bytes as signed
 */
record RemovalRecord(GroupId group, NodeId removed, NodeId remover, Instant time, Signed signed) {
  private static final String CONTEXT = "dotf-removal/1";

  static RemovalRecord of(GroupId group, NodeId removed, NodeIdentity by, Instant time) {
    var payload =
        RemovalPayload.newBuilder()
            .setContext(CONTEXT)
            .setGroup(ByteString.copyFrom(group.bytes()))
            .setRemoved(ByteString.copyFrom(removed.bytes()))
            .setRemover(ByteString.copyFrom(by.id().bytes()))
            .setTime(time.toEpochMilli())
            .build();
    return new RemovalRecord(
        group,
        removed,
        by.id(),
        Instant.ofEpochMilli(payload.getTime()),
        Records.sign(payload, by.signer()));
  }

  /** Reads a record without checking its signature. */
  static RemovalRecord parse(Signed signed) throws RecordException {
    Records.checkSize(signed, Records.MEMBER_BYTES_MAX);
    RemovalPayload payload = Records.parse(signed, RemovalPayload.parser());
    if (!payload.getContext().equals(CONTEXT)) {
      throw new RecordException("a signed record is no " + CONTEXT);
    }
    return new RemovalRecord(
        GroupId.of(Records.sized(payload.getGroup(), GroupId.BYTES, "group")),
        NodeId.of(Records.sized(payload.getRemoved(), NodeId.BYTES, "node")),
        NodeId.of(Records.sized(payload.getRemover(), NodeId.BYTES, "signer")),
        Instant.ofEpochMilli(payload.getTime()),
        signed);
  }
}
