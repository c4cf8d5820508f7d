package dotf.dht.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import dotf.chunker.block.BlockAddress;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.PublicKey;
import dotf.dht.wire.proto.ReceiptPayload;
import dotf.dht.wire.proto.Signed;
import dotf.fixtures.Golden;
import dotf.fixtures.Seed;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What members sign for one another: receipts, heads, device certificates, node records. */
class RecordsTest {
  private static final Instant TIME = Instant.parse("2026-11-21T00:00:00Z");

  private final NodeIdentity holder = identity(1);
  private final NodeIdentity vault = identity(2);
  private final Random random = Seed.random("records");

  @Test
  void receipt_bytes_areTheGoldenOnes() throws RecordException {
    Golden.matches("receipt-1.hex", receipt().encoded());
    assertThat(Receipt.decode(Golden.bytes("receipt-1.hex"))).isEqualTo(receipt());
  }

  @Test
  void head_bytes_areTheGoldenOnes() throws RecordException {
    Golden.matches("head-1.hex", head(7).encoded());
    assertThat(HeadRecord.decode(Golden.bytes("head-1.hex"))).isEqualTo(head(7));
  }

  @Test
  void device_bytes_areTheGoldenOnes() throws RecordException {
    DeviceCertificate device = DeviceCertificate.issue(vault.signer(), holder.id());

    Golden.matches("device-1.hex", device.encoded());
    assertThat(DeviceCertificate.decode(Golden.bytes("device-1.hex"))).isEqualTo(device);
  }

  @Test
  void node_record_readsBack() throws RecordException {
    NodeRecord record =
        NodeRecord.of(
            holder,
            5,
            List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8080)),
            1 << 20,
            new StoreId(1, 2),
            "1.0",
            true);

    assertThat(NodeRecord.parse(record.signed())).isEqualTo(record);
  }

  @Test
  void decode_anyBitFlipped_isRefused() {
    byte[] encoded = receipt().encoded();
    for (int run = 0; run < 200; run++) {
      byte[] changed = encoded.clone();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      assertThatExceptionOfType(RecordException.class).isThrownBy(() -> Receipt.decode(changed));
    }
  }

  @Test
  void decode_recordOfAnotherKind_isRefused() {
    byte[] device = DeviceCertificate.issue(vault.signer(), holder.id()).encoded();

    assertThatExceptionOfType(RecordException.class).isThrownBy(() -> Receipt.decode(device));
    assertThatExceptionOfType(RecordException.class).isThrownBy(() -> HeadRecord.decode(device));
  }

  @Test
  void decode_signedWithAnotherContext_isRefused() throws Exception {
    ReceiptPayload payload =
        ReceiptPayload.parseFrom(receipt().signed().getPayload()).toBuilder()
            .setContext("dotf-receipt/2")
            .build();
    Signed signed = Records.sign(payload, holder.signer());

    assertThatExceptionOfType(RecordException.class)
        .isThrownBy(() -> Receipt.parse(signed))
        .withMessageContaining("dotf-receipt/2");
  }

  @Test
  void decode_signedBySomebodyElse_isRefused() throws Exception {
    ReceiptPayload payload = ReceiptPayload.parseFrom(receipt().signed().getPayload());
    Signed forged = Records.sign(payload, vault.signer());

    assertThatExceptionOfType(RecordException.class).isThrownBy(() -> Receipt.parse(forged));
  }

  @Test
  void decode_oddSizes_areRefused() throws Exception {
    ReceiptPayload payload = ReceiptPayload.parseFrom(receipt().signed().getPayload());
    for (ReceiptPayload odd :
        List.of(
            payload.toBuilder().setStoreId(ByteString.EMPTY).build(),
            payload.toBuilder().setGroup(ByteString.copyFrom(new byte[31])).build(),
            payload.toBuilder().setOwner(ByteString.copyFrom(new byte[33])).build(),
            payload.toBuilder().setAddresses(ByteString.copyFrom(new byte[33])).build())) {
      Signed signed = Records.sign(odd, holder.signer());
      assertThatExceptionOfType(RecordException.class).isThrownBy(() -> Receipt.parse(signed));
    }
  }

  @Test
  void decode_garbage_isRefused() {
    for (int run = 0; run < 500; run++) {
      byte[] garbage = new byte[random.nextInt(200)];
      random.nextBytes(garbage);
      assertThatExceptionOfType(RecordException.class).isThrownBy(() -> HeadRecord.decode(garbage));
    }
  }

  private Receipt receipt() {
    return Receipt.sign(
        holder,
        GroupId.ofKey(new byte[32]),
        PublicKey.of(vault.publicKey()),
        new StoreId(1, 2),
        42,
        List.of(BlockAddress.of(new byte[32]), BlockAddress.of(filled(9))),
        TIME.plusSeconds(86_400),
        TIME);
  }

  private HeadRecord head(long sequence) {
    return HeadRecord.sign(
        vault.signer(), NodeId.of(filled(3)), sequence, BlockAddress.of(filled(4)), TIME);
  }

  private static NodeIdentity identity(int seed) {
    return NodeIdentity.of(filled(seed));
  }

  private static byte[] filled(int value) {
    byte[] bytes = new byte[32];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
