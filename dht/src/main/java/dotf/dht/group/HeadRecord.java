package dotf.dht.group;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dotf.chunker.block.BlockAddress;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import dotf.dht.identity.Signer;
import dotf.dht.wire.proto.HeadPayload;
import dotf.dht.wire.proto.Signed;
import java.time.Instant;

/**
 * Where one device's journal ends now, signed by the vault key: the only mutable thing that peers
 * keep. Of two records of a device, the higher sequence is the newer.
 *
 * @param vault the public vault key
 * @param device whose journal
 * @param address the journal's newest block
 * @param signed the bytes as signed
 */
public record HeadRecord(
    PublicKey vault,
    NodeId device,
    long sequence,
    BlockAddress address,
    Instant time,
    Signed signed) {
  private static final String CONTEXT = "dotf-head/1";

  /** Signs a head with the vault key. */
  public static HeadRecord sign(
      Signer vault, NodeId device, long sequence, BlockAddress address, Instant time) {
    var payload =
        HeadPayload.newBuilder()
            .setContext(CONTEXT)
            .setVault(ByteString.copyFrom(vault.key().bytes()))
            .setDevice(ByteString.copyFrom(device.bytes()))
            .setSequence(sequence)
            .setAddress(ByteString.copyFrom(address.bytes()))
            .setTime(time.toEpochMilli())
            .build();
    return new HeadRecord(
        vault.key(),
        device,
        sequence,
        address,
        Instant.ofEpochMilli(payload.getTime()),
        Records.sign(payload, vault));
  }

  /**
   * Reads a head and checks its signature.
   *
   * @throws RecordException when it is malformed or not signed by the vault key that it names
   */
  public static HeadRecord parse(Signed signed) throws RecordException {
    HeadPayload payload = Records.parse(signed, HeadPayload.parser());
    Records.check(signed, payload.getContext(), CONTEXT, payload.getVault());
    return new HeadRecord(
        Records.key(payload.getVault()),
        NodeId.of(Records.sized(payload.getDevice(), NodeId.BYTES, "device")),
        payload.getSequence(),
        BlockAddress.of(Records.sized(payload.getAddress(), BlockAddress.BYTES, "address")),
        Instant.ofEpochMilli(payload.getTime()),
        signed);
  }

  /** The bytes to keep, which {@link #decode} reads. */
  public byte[] encoded() {
    return signed.toByteArray();
  }

  /** Reads {@link #encoded}, checking the signature. */
  public static HeadRecord decode(byte[] encoded) throws RecordException {
    try {
      return parse(Signed.parseFrom(encoded));
    } catch (InvalidProtocolBufferException e) {
      throw new RecordException("a head record is malformed", e);
    }
  }
}
