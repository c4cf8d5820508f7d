package dotf.dht;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockSource;
import dotf.chunker.block.SealedBlock;
import dotf.dht.group.NodeRecord;
import dotf.dht.group.Receipt;
import dotf.dht.identity.NodeId;
import dotf.dht.session.DataWriter;
import dotf.dht.session.PeerErrorException;
import dotf.dht.session.Session;
import dotf.dht.session.Stream;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.Messages;
import dotf.dht.wire.proto.Accept;
import dotf.dht.wire.proto.End;
import dotf.dht.wire.proto.Error;
import dotf.dht.wire.proto.GetBlock;
import dotf.dht.wire.proto.Handover;
import dotf.dht.wire.proto.Have;
import dotf.dht.wire.proto.HaveBitmap;
import dotf.dht.wire.proto.PutBlocks;
import dotf.dht.wire.proto.Refuse;
import dotf.dht.wire.proto.Release;
import dotf.dht.wire.proto.Signed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sends blocks to a holder and gets blocks from one. Calls wait, within limits. */
final class BlockExchange {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);
  // The holder may have to read a batch that it has already, and to wait its turn.
  private static final Duration PUT_LIMIT = Duration.ofSeconds(90);

  private final Membership membership;
  private final BlockSource local;

  BlockExchange(Membership membership, BlockSource local) {
    this.membership = membership;
    this.local = local;
  }

  BitSet have(Session session, List<BlockAddress> addresses) throws IOException {
    Have have = Have.newBuilder().setAddresses(Receipt.joined(addresses)).build();
    try (Stream stream = session.request(FrameType.HAVE, have)) {
      Frame answer = stream.next(FrameType.HAVE_BITMAP, ANSWER_LIMIT);
      HaveBitmap bitmap = Messages.parse(HaveBitmap.parser(), answer);
      return Bits.decode(bitmap.getHeld(), addresses.size());
    }
  }

  /** Which of the blocks that we hold for the peer's vault it releases. */
  BitSet handOver(Session session, List<BlockAddress> addresses) throws IOException {
    Handover handover = Handover.newBuilder().setAddresses(Receipt.joined(addresses)).build();
    try (Stream stream = session.request(FrameType.HANDOVER, handover)) {
      Frame answer = stream.next(FrameType.RELEASE, ANSWER_LIMIT);
      Release release = Messages.parse(Release.parser(), answer);
      return Bits.decode(release.getReleased(), addresses.size());
    }
  }

  /** The block, or null when the peer does not have it. */
  @Nullable SealedBlock get(Session session, BlockAddress address) throws IOException {
    MessageLite get =
        GetBlock.newBuilder().setAddress(ByteString.copyFrom(address.bytes())).build();
    ByteBuffer bytes = ByteBuffer.allocate(0);
    try (Stream stream = session.request(FrameType.GET_BLOCK, get)) {
      while (true) {
        Frame frame = stream.next(ANSWER_LIMIT);
        if (frame.type() == FrameType.DATA) {
          bytes = appended(bytes, frame.body());
        } else if (frame.type() == FrameType.END) {
          int size = Messages.parse(End.parser(), frame).getSize();
          if (size != bytes.position()) {
            throw new BlockCorruptException(address, "block " + address + " was cut short");
          }
          return SealedBlock.verified(address, bytes.flip());
        } else {
          throw new MalformedFrameException("type " + frame.code() + " where DATA belongs");
        }
      }
    } catch (PeerErrorException e) {
      if (e.code() == Error.Code.NOT_FOUND) {
        return null;
      }
      throw e;
    }
  }

  private static ByteBuffer appended(ByteBuffer bytes, ByteBuffer more)
      throws MalformedFrameException {
    int size = bytes.position() + more.remaining();
    if (size > SealedBlock.BYTES_MAX) {
      throw new MalformedFrameException("a block of more than 1 MiB");
    }
    ByteBuffer room = bytes;
    if (size > bytes.capacity()) {
      int capacity = Math.min(SealedBlock.BYTES_MAX, Math.max(size, 4 * bytes.capacity()));
      room = ByteBuffer.allocate(capacity).put(bytes.flip());
    }
    return room.put(more);
  }

  Receipt put(Session session, List<BlockAddress> addresses, Instant until) throws IOException {
    PutBlocks put =
        PutBlocks.newBuilder()
            .setAddresses(Receipt.joined(addresses))
            .setUntil(until.toEpochMilli())
            .build();
    try (Stream stream = session.request(FrameType.PUT_BLOCKS, put)) {
      Frame answer = refusedOr(FrameType.ACCEPT, stream.next(PUT_LIMIT), session.peer());
      ByteString bitmap = Messages.parse(Accept.parser(), answer).getWanted();
      BitSet wanted = Bits.decode(bitmap, addresses.size());
      sendAll(stream, addresses, wanted);
      answer = refusedOr(FrameType.RECEIPT, stream.next(PUT_LIMIT), session.peer());
      Receipt receipt = Receipt.parse(Messages.parse(Signed.parser(), answer));
      check(receipt, session.peer(), addresses, until);
      return receipt;
    }
  }

  private static Frame refusedOr(FrameType wanted, Frame answer, NodeId peer) throws IOException {
    if (answer.type() == FrameType.REFUSE) {
      Refuse refuse = Messages.parse(Refuse.parser(), answer);
      throw new HoldingRefusedException(
          switch (refuse.getReason()) {
            case FULL -> HoldingRefusedException.Reason.FULL;
            case QUOTA -> HoldingRefusedException.Reason.QUOTA;
            default -> HoldingRefusedException.Reason.POLICY;
          },
          "node " + peer.brief() + " takes no more: " + Messages.printable(refuse.getText()));
    }
    if (answer.type() != wanted) {
      throw new MalformedFrameException("type " + answer.code() + " where " + wanted + " belongs");
    }
    return answer;
  }

  private void sendAll(Stream stream, List<BlockAddress> addresses, BitSet wanted)
      throws IOException {
    try {
      DataWriter data = new DataWriter(stream);
      int sent = 0;
      for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
        SealedBlock block = local.read(addresses.get(i));
        ByteBuffer length = ByteBuffer.allocate(4).putInt(block.size()).flip();
        if (!data.write(length) || !data.write(block.bytes())) {
          return;
        }
        sent++;
      }
      if (data.flush()) {
        stream.send(FrameType.END, End.newBuilder().setSize(sent).build());
      }
    } catch (IOException e) {
      stream.cancel();
      throw e;
    }
  }

  /** A receipt counts only for exactly what was asked, by this node and its present store. */
  private void check(Receipt receipt, NodeId holder, List<BlockAddress> addresses, Instant until)
      throws IOException {
    NodeRecord record = membership.table().node(holder);
    boolean ours =
        receipt.group().equals(membership.table().group().id())
            && receipt.owner().equals(membership.device().owner())
            && receipt.holder().equals(holder)
            && record != null
            && receipt.store().equals(record.store())
            && receipt.addresses().equals(addresses)
            && receipt.until().toEpochMilli() == until.toEpochMilli();
    if (!ours) {
      throw new IOException("node " + holder.brief() + " sent a receipt for something else");
    }
  }
}
