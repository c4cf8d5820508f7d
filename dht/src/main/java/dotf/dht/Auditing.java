package dotf.dht;

import com.google.protobuf.ByteString;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.LeafProof;
import dotf.chunker.block.SealedBlock;
import dotf.dht.group.Receipt;
import dotf.dht.session.DataReader;
import dotf.dht.session.DataWriter;
import dotf.dht.session.Session;
import dotf.dht.session.Stream;
import dotf.dht.store.BlockHost;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.Messages;
import dotf.dht.wire.proto.Audit;
import dotf.dht.wire.proto.End;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * AUDIT: a holder shows one leaf of each block, which the asker picks anew every time, and its way
 * to the address. The holder reads whole blocks from its own disk, so one that plays fair proves
 * all of them.
 */
final class Auditing {
  static final int ITEMS_MAX = 64;

  private static final Logger LOG = LoggerFactory.getLogger(Auditing.class);
  private static final int ANSWERS_MAX = 4;
  // The holder may have to wait its turn, and then reads some blocks before it fills a frame.
  private static final Duration FRAME_LIMIT = Duration.ofSeconds(30);
  private static final Duration ANSWER_LIMIT = Duration.ofMinutes(3);

  private final BlockHost host;
  private final RandomGenerator random;
  private final Turns turns = new Turns(ANSWERS_MAX);

  Auditing(BlockHost host, RandomGenerator random) {
    this.host = host;
    this.random = random;
  }

  /** Which of the blocks the holder proves, asking for {@value #ITEMS_MAX} at a time. */
  Set<BlockAddress> ask(Session holder, List<AuditItem> items) throws IOException {
    Set<BlockAddress> proved = new HashSet<>();
    for (int from = 0; from < items.size(); from += ITEMS_MAX) {
      List<AuditItem> part = items.subList(from, Math.min(items.size(), from + ITEMS_MAX));
      proved.addAll(askSome(holder, part));
    }
    return proved;
  }

  private Set<BlockAddress> askSome(Session holder, List<AuditItem> items) throws IOException {
    byte[] leaves = new byte[items.size()];
    for (int i = 0; i < leaves.length; i++) {
      leaves[i] = (byte) random.nextInt(LeafProof.leaves(items.get(i).length()));
    }
    Audit audit =
        Audit.newBuilder()
            .setAddresses(Receipt.joined(items.stream().map(AuditItem::address).toList()))
            .setLeaves(ByteString.copyFrom(leaves))
            .build();
    Set<BlockAddress> proved = new HashSet<>();
    int wrong = 0;
    try (Stream stream = holder.request(FrameType.AUDIT, audit)) {
      DataReader data = new DataReader(stream, FRAME_LIMIT, ANSWER_LIMIT);
      for (int i = 0; i < leaves.length; i++) {
        AuditItem item = items.get(i);
        ByteBuffer proof = proof(data);
        if (LeafProof.holds(proof, item.address(), item.length(), leaves[i])) {
          proved.add(item.address());
        } else if (proof.hasRemaining()) {
          wrong++;
        }
      }
    }
    if (wrong > 0) {
      LOG.warn(
          "node {} answered an audit of {} blocks with wrong bytes for {} of them",
          holder.peer().brief(),
          leaves.length,
          wrong);
    }
    return proved;
  }

  private static ByteBuffer proof(DataReader data) throws IOException {
    int size = data.read(4).getInt();
    if (size < 0 || size > LeafProof.BYTES_MAX) {
      throw new MalformedFrameException("a proof of " + size + " bytes");
    }
    return data.read(size);
  }

  void answer(Stream stream, Frame request) throws IOException {
    Audit audit = Messages.parse(Audit.parser(), request);
    List<BlockAddress> asked = BlockServing.addresses(audit.getAddresses());
    byte[] leaves = audit.getLeaves().toByteArray();
    if (asked.size() > ITEMS_MAX || leaves.length != asked.size()) {
      throw new MalformedFrameException(
          "an audit of " + asked.size() + " blocks and " + leaves.length + " leaves");
    }
    for (byte leaf : leaves) {
      if (leaf < 0 || leaf >= LeafProof.LEAVES_MAX) {
        throw new MalformedFrameException("an audit of leaf " + (leaf & 0xff));
      }
    }
    if (!turns.enter(stream)) {
      return;
    }
    try {
      DataWriter data = new DataWriter(stream);
      for (int i = 0; i < leaves.length; i++) {
        ByteBuffer proof = prove(asked.get(i), leaves[i]);
        ByteBuffer size = ByteBuffer.allocate(4).putInt(proof.remaining()).flip();
        if (!data.write(size) || !data.write(proof)) {
          return;
        }
      }
      if (data.flush()) {
        stream.send(FrameType.END, End.newBuilder().setSize(leaves.length).build());
      }
    } finally {
      turns.leave();
    }
  }

  /** The proof, or nothing when the block is not here in good order or has no such leaf. */
  private ByteBuffer prove(BlockAddress address, int leaf) throws IOException {
    try {
      SealedBlock block = host.readFromDisk(address);
      if (leaf < LeafProof.leaves(block.size())) {
        return LeafProof.of(block, leaf);
      }
    } catch (BlockMissingException e) {
      LOG.debug("asked to prove a block that is not here: {}", e.getMessage());
    } catch (BlockCorruptException e) {
      LOG.warn("asked to prove a block that is damaged here: {}", e.getMessage());
    }
    return ByteBuffer.allocate(0);
  }
}
