package dotf.dht.group;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import dotf.dht.identity.Signer;
import dotf.dht.wire.proto.DevicePayload;
import dotf.dht.wire.proto.Signed;

/**
 * The vault key's word that a node acts for its vault: whoever shows it may store blocks in the
 * vault's name, and nobody else can.
 *
 * @param owner the public vault key
 * @param device the node that acts for it
 * @param signed the bytes as signed
 */
public record DeviceCertificate(PublicKey owner, NodeId device, Signed signed) {
  private static final String CONTEXT = "dotf-device/1";

  /** Certifies a device with the vault key. */
  public static DeviceCertificate issue(Signer vault, NodeId device) {
    var payload =
        DevicePayload.newBuilder()
            .setContext(CONTEXT)
            .setOwner(ByteString.copyFrom(vault.key().bytes()))
            .setDevice(ByteString.copyFrom(device.bytes()))
            .build();
    return new DeviceCertificate(vault.key(), device, Records.sign(payload, vault));
  }

  /**
   * Reads a certificate and checks its signature.
   *
   * @throws RecordException when it is malformed or not signed by the vault key that it names
   */
  public static DeviceCertificate parse(Signed signed) throws RecordException {
    DevicePayload payload = Records.parse(signed, DevicePayload.parser());
    Records.check(signed, payload.getContext(), CONTEXT, payload.getOwner());
    NodeId device = NodeId.of(Records.sized(payload.getDevice(), NodeId.BYTES, "device"));
    return new DeviceCertificate(Records.key(payload.getOwner()), device, signed);
  }

  /** The bytes to keep, which {@link #decode} reads. */
  public byte[] encoded() {
    return signed.toByteArray();
  }

  /** Reads {@link #encoded}, checking the signature. */
  public static DeviceCertificate decode(byte[] encoded) throws RecordException {
    try {
      return parse(Signed.parseFrom(encoded));
    } catch (InvalidProtocolBufferException e) {
      throw new RecordException("a device certificate is malformed", e);
    }
  }
}
