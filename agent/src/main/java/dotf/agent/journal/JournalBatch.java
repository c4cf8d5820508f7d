package dotf.agent.journal;

import dotf.chunker.block.BlockAddress;
import dotf.dht.identity.Ed25519;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.Signer;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of a journal's records, or the address of a snapshot of all of them, signed by the device.
 * Sealed as one block of kind journal; each names the one before, so the head of a device leads to
 * its last snapshot and everything after it.
 *
 * @param deviceKey the device's public Ed25519 key
 * @param sequence counts this device's batches from 1
 * @param previous the batch before; null for the first, and for one with a snapshot
 * @param snapshot the manifest of a snapshot; the batch then has no records
 * @param chain the hash chain after its records
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record JournalBatch(
    byte[] deviceKey,
    long sequence,
    @Nullable BlockAddress previous,
    @Nullable BlockAddress snapshot,
    Chain chain,
    List<byte[]> records) {

  /** Most bytes of records in a batch, their lengths included; a longer record goes alone. */
  static final int RECORD_BYTES_MAX = 256 << 10;

  private static final byte VERSION = 1;
  private static final byte[] NOTHING = new byte[BlockAddress.BYTES];
  private static final byte[] CONTEXT = "dotf-journal-batch/1".getBytes(StandardCharsets.US_ASCII);
  private static final int FIXED_BYTES =
      1 + Ed25519.KEY_BYTES + 8 + 2 * BlockAddress.BYTES + Chain.BYTES + 4;

  /** The batch as bytes, its signature last. */
  ByteBuffer encode(Signer device) {
    int length = records.stream().mapToInt(record -> Integer.BYTES + record.length).sum();
    ByteBuffer to = ByteBuffer.allocate(FIXED_BYTES + length + Ed25519.SIGNATURE_BYTES);
    to.put(VERSION).put(deviceKey).putLong(sequence).put(bytes(previous)).put(bytes(snapshot));
    chain.write(to);
    to.putInt(records.size());
    records.forEach(record -> to.putInt(record.length).put(record));
    to.put(device.sign().apply(signed(to.duplicate().flip())));
    return to.flip();
  }

  /**
   * Reads a batch and checks that {@code device} signed it.
   *
   * @throws IOException when it is malformed, too new, or signed by nobody or somebody else
   */
  static JournalBatch decode(ByteBuffer from, NodeId device) throws IOException {
    try {
      int signatureAt = from.limit() - Ed25519.SIGNATURE_BYTES;
      if (from.get(from.position()) > VERSION) {
        throw new IOException("a batch of the journal needs a newer dotf; install that one");
      }
      byte[] signature = new byte[Ed25519.SIGNATURE_BYTES];
      from.get(signatureAt, signature);
      ByteBuffer body = from.duplicate().limit(signatureAt);
      byte[] message = signed(body.duplicate());
      JournalBatch batch = read(body);
      if (body.hasRemaining()
          || !NodeId.ofKey(batch.deviceKey).equals(device)
          || !Ed25519.verify(batch.deviceKey, message, signature)) {
        throw new IOException("a batch of the journal is not signed by " + device.brief());
      }
      return batch;
    } catch (BufferUnderflowException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new IOException("a batch of the journal is cut short", e);
    }
  }

  private static JournalBatch read(ByteBuffer from) throws IOException {
    from.get();
    byte[] key = take(from, Ed25519.KEY_BYTES);
    long sequence = from.getLong();
    BlockAddress previous = address(from);
    BlockAddress snapshot = address(from);
    Chain chain = Chain.read(from);
    int count = from.getInt();
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int length = from.getInt();
      if (length < 0 || length > from.remaining()) {
        throw new IOException("a record in a batch of the journal states an impossible length");
      }
      records.add(take(from, length));
    }
    return new JournalBatch(key, sequence, previous, snapshot, chain, records);
  }

  private static byte[] signed(ByteBuffer body) {
    return ByteBuffer.allocate(CONTEXT.length + body.remaining()).put(CONTEXT).put(body).array();
  }

  private static byte[] bytes(@Nullable BlockAddress address) {
    return address == null ? NOTHING : address.bytes();
  }

  private static @Nullable BlockAddress address(ByteBuffer from) {
    byte[] bytes = take(from, BlockAddress.BYTES);
    return java.util.Arrays.equals(bytes, NOTHING) ? null : BlockAddress.of(bytes);
  }

  private static byte[] take(ByteBuffer from, int length) {
    byte[] bytes = new byte[length];
    from.get(bytes);
    return bytes;
  }
}
