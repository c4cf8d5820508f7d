package dotf.dht.group;

import com.google.protobuf.ByteString;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.PublicKey;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.WireAddress;
import dotf.dht.wire.proto.NodePayload;
import dotf.dht.wire.proto.Signed;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * What a node says of itself, signed by itself. Of two, the higher sequence is the newer.
 *
 * @param addresses where it listens, at most 16
 * @param offer bytes that it offers to the group
 * @param store its store's id
 * @param version of its software, as it calls it
 * @param leaving whether it hands over what it holds, to leave the group
 * @param signed the bytes as signed
 */
public record NodeRecord(
    PublicKey key,
    NodeId node,
    long sequence,
    List<InetSocketAddress> addresses,
    long offer,
    StoreId store,
    String version,
    boolean leaving,
    Signed signed) {
  /** No record names more addresses. */
  public static final int ADDRESSES_MAX = 16;

  private static final String CONTEXT = "dotf-node/1";
  private static final int VERSION_CHARS_MAX = 32;

  /** Signs a record of our own. */
  public static NodeRecord of(
      NodeIdentity identity,
      long sequence,
      List<InetSocketAddress> addresses,
      long offer,
      StoreId store,
      String version,
      boolean leaving) {
    var payload =
        NodePayload.newBuilder()
            .setContext(CONTEXT)
            .setKey(ByteString.copyFrom(identity.publicKey()))
            .setSequence(sequence)
            .setOffer(offer)
            .setStoreId(ByteString.copyFrom(store.bytes()))
            .setVersion(version)
            .setLeaving(leaving);
    addresses.stream().limit(ADDRESSES_MAX).map(WireAddress::encode).forEach(payload::addAddresses);
    Signed signed = Records.sign(payload.build(), identity.signer());
    return new NodeRecord(
        PublicKey.of(identity.publicKey()),
        identity.id(),
        sequence,
        List.copyOf(addresses),
        offer,
        store,
        version,
        leaving,
        signed);
  }

  /**
   * Reads a record and checks its signature.
   *
   * @throws RecordException when it is malformed or not signed by the node
   */
  public static NodeRecord parse(Signed signed) throws RecordException {
    Records.checkSize(signed, Records.NODE_BYTES_MAX);
    NodePayload payload = Records.parse(signed, NodePayload.parser());
    Records.check(signed, payload.getContext(), CONTEXT, payload.getKey());
    if (payload.getAddressesCount() > ADDRESSES_MAX
        || payload.getOffer() < 0
        || payload.getVersion().length() > VERSION_CHARS_MAX) {
      throw new RecordException("a node's record is out of bounds");
    }
    List<InetSocketAddress> addresses = new ArrayList<>();
    try {
      for (ByteString address : payload.getAddressesList()) {
        addresses.add(WireAddress.decode(address));
      }
    } catch (MalformedFrameException e) {
      throw new RecordException("a node's record has a malformed address", e);
    }
    PublicKey key = Records.key(payload.getKey());
    return new NodeRecord(
        key,
        NodeId.ofKey(key.bytes()),
        payload.getSequence(),
        List.copyOf(addresses),
        payload.getOffer(),
        StoreId.of(Records.sized(payload.getStoreId(), StoreId.BYTES, "store id")),
        payload.getVersion(),
        payload.getLeaving(),
        signed);
  }
}
