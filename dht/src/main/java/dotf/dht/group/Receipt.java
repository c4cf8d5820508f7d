package dotf.dht.group;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dotf.chunker.block.BlockAddress;
import dotf.dht.identity.Ed25519;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.PublicKey;
import dotf.dht.wire.proto.ReceiptPayload;
import dotf.dht.wire.proto.Signed;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A holder's signed word that blocks are on its disk. It is worth nothing once the holder has
 * another store.
 *
 * @param owner the public vault key for which they are held
 * @param holder who signed
 * @param store the holder's store; see {@link StoreId}
 * @param commit the store's group commit that made them durable
 * @param until end of the lease
 * @param time when it was signed, by the holder's clock
 * @param signed the bytes as signed
 */
public record Receipt(
    GroupId group,
    PublicKey owner,
    NodeId holder,
    StoreId store,
    long commit,
    List<BlockAddress> addresses,
    Instant until,
    Instant time,
    Signed signed) {
  private static final String CONTEXT = "dotf-receipt/1";

  /** Signs a receipt as the holder. */
  public static Receipt sign(
      NodeIdentity holder,
      GroupId group,
      PublicKey owner,
      StoreId store,
      long commit,
      List<BlockAddress> addresses,
      Instant until,
      Instant time) {
    var payload =
        ReceiptPayload.newBuilder()
            .setContext(CONTEXT)
            .setGroup(ByteString.copyFrom(group.bytes()))
            .setOwner(ByteString.copyFrom(owner.bytes()))
            .setHolderKey(ByteString.copyFrom(holder.publicKey()))
            .setStoreId(ByteString.copyFrom(store.bytes()))
            .setCommit(commit)
            .setAddresses(joined(addresses))
            .setUntil(until.toEpochMilli())
            .setTime(time.toEpochMilli())
            .build();
    return new Receipt(
        group,
        owner,
        holder.id(),
        store,
        commit,
        List.copyOf(addresses),
        Instant.ofEpochMilli(payload.getUntil()),
        Instant.ofEpochMilli(payload.getTime()),
        Records.sign(payload, holder.signer()));
  }

  /**
   * Reads a receipt and checks its signature.
   *
   * @throws RecordException when it is malformed or not signed by the holder that it names
   */
  public static Receipt parse(Signed signed) throws RecordException {
    ReceiptPayload payload = Records.parse(signed, ReceiptPayload.parser());
    Records.check(signed, payload.getContext(), CONTEXT, payload.getHolderKey());
    return new Receipt(
        GroupId.of(Records.sized(payload.getGroup(), GroupId.BYTES, "group")),
        Records.key(payload.getOwner()),
        NodeId.ofKey(Records.sized(payload.getHolderKey(), Ed25519.KEY_BYTES, "holder key")),
        StoreId.of(Records.sized(payload.getStoreId(), StoreId.BYTES, "store id")),
        payload.getCommit(),
        split(payload.getAddresses()),
        Instant.ofEpochMilli(payload.getUntil()),
        Instant.ofEpochMilli(payload.getTime()),
        signed);
  }

  /** The bytes to keep, which {@link #decode} reads. */
  public byte[] encoded() {
    return signed.toByteArray();
  }

  /** Reads {@link #encoded}, checking the signature. */
  public static Receipt decode(byte[] encoded) throws RecordException {
    try {
      return parse(Signed.parseFrom(encoded));
    } catch (InvalidProtocolBufferException e) {
      throw new RecordException("a receipt is malformed", e);
    }
  }

  /** Addresses as they travel: 32 bytes each, in order. */
  public static ByteString joined(List<BlockAddress> addresses) {
    ByteBuffer bytes = ByteBuffer.allocate(addresses.size() * BlockAddress.BYTES);
    addresses.forEach(address -> bytes.put(address.bytes()));
    return ByteString.copyFrom(bytes.flip());
  }

  /** The addresses in {@link #joined} bytes. */
  public static List<BlockAddress> split(ByteString bytes) throws RecordException {
    if (bytes.size() % BlockAddress.BYTES != 0) {
      throw new RecordException("a list of addresses has " + bytes.size() + " bytes");
    }
    ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
    List<BlockAddress> addresses = new ArrayList<>(bytes.size() / BlockAddress.BYTES);
    while (buffer.hasRemaining()) {
      addresses.add(BlockAddress.read(buffer));
    }
    return List.copyOf(addresses);
  }
}
