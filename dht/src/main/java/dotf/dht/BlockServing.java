package dotf.dht;

import com.google.protobuf.ByteString;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.SealedBlock;
import dotf.dht.Handshake.Met;
import dotf.dht.group.Receipt;
import dotf.dht.group.RecordException;
import dotf.dht.group.StoreId;
import dotf.dht.identity.PublicKey;
import dotf.dht.session.DataReader;
import dotf.dht.session.Stream;
import dotf.dht.store.BlockHost;
import dotf.dht.store.HostingRefusedException;
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
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers HAVE, GET_BLOCK and PUT_BLOCKS from this node's own disk. Memory is bounded by how many
 * are answered at a time: 8 PUTs of at most 5 MiB each, 32 GETs of 1 MiB.
 */
final class BlockServing {
  private static final Logger LOG = LoggerFactory.getLogger(BlockServing.class);
  private static final int COMMIT_BYTES = 3 << 20;
  private static final int PUTS_MAX = 8;
  private static final int GETS_MAX = 32;
  private static final Duration FRAME_LIMIT = Duration.ofSeconds(30);
  private static final Duration DATA_LIMIT = Duration.ofHours(4);
  private static final Duration LEASE_MAX = Duration.ofDays(400);

  private final Membership membership;
  private final BlockHost host;
  private final NodeListener listener;
  private final InstantSource clock;
  private final Turns puts = new Turns(PUTS_MAX);
  private final Turns gets = new Turns(GETS_MAX);

  BlockServing(Membership membership, BlockHost host, NodeListener listener, InstantSource clock) {
    this.membership = membership;
    this.host = host;
    this.listener = listener;
    this.clock = clock;
  }

  void have(Stream stream, Frame request) throws IOException {
    List<BlockAddress> asked = addresses(Messages.parse(Have.parser(), request).getAddresses());
    BitSet held = new BitSet(asked.size());
    for (int i = 0; i < asked.size(); i++) {
      held.set(i, host.contains(asked.get(i)));
    }
    stream.send(FrameType.HAVE_BITMAP, HaveBitmap.newBuilder().setHeld(Bits.encode(held)).build());
  }

  void get(Stream stream, Frame request) throws IOException {
    BlockAddress address = address(Messages.parse(GetBlock.parser(), request).getAddress());
    if (!gets.enter(stream)) {
      return;
    }
    try {
      SealedBlock block = host.read(address);
      if (stream.sendData(block.bytes())) {
        stream.send(FrameType.END, End.newBuilder().setSize(block.size()).build());
      }
    } catch (BlockMissingException e) {
      stream.fail(Error.Code.NOT_FOUND, "not here", Duration.ZERO);
    } catch (BlockCorruptException e) {
      LOG.warn("asked for a block that is damaged here: {}", e.getMessage());
      stream.fail(Error.Code.NOT_FOUND, "damaged here", Duration.ZERO);
    } finally {
      gets.leave();
    }
  }

  /** A member that leaves asks what it need not hold any longer: the blocks are all our own. */
  void handover(Stream stream, Met from, Frame request) throws IOException {
    List<BlockAddress> asked = addresses(Messages.parse(Handover.parser(), request).getAddresses());
    BitSet released = listener.handover(from.record().node(), asked);
    stream.send(FrameType.RELEASE, Release.newBuilder().setReleased(Bits.encode(released)).build());
  }

  void put(Stream stream, Met from, Frame request) throws IOException {
    PutBlocks put = Messages.parse(PutBlocks.parser(), request);
    List<BlockAddress> asked = addresses(put.getAddresses());
    Instant until = Instant.ofEpochMilli(put.getUntil());
    Instant now = clock.instant();
    if (until.isBefore(now) || until.isAfter(now.plus(LEASE_MAX))) {
      refuse(stream, Refuse.Reason.POLICY, "a lease until " + until + " is not taken");
      return;
    }
    if (membership.own().leaving()) {
      refuse(stream, Refuse.Reason.POLICY, "it is leaving the group");
      return;
    }
    if (!puts.enter(stream)) {
      return;
    }
    try {
      new Receiving(stream, from.owner(), asked, until).run();
    } catch (HostingRefusedException e) {
      LOG.info("did not take blocks of node {}: {}", from.record().node().brief(), e.getMessage());
      refuse(stream, reason(e), String.valueOf(e.getMessage()));
    } catch (BlockCorruptException e) {
      LOG.warn("node {} sent a block that is not: {}", from.record().node(), e.getMessage());
      stream.session().fail(e);
    } finally {
      puts.leave();
    }
  }

  private static void refuse(Stream stream, Refuse.Reason reason, String text) {
    stream.send(FrameType.REFUSE, Refuse.newBuilder().setReason(reason).setText(text).build());
  }

  private static Refuse.Reason reason(HostingRefusedException e) {
    return switch (e.reason()) {
      case QUOTA -> Refuse.Reason.QUOTA;
      case FULL -> Refuse.Reason.FULL;
      case FAILED -> Refuse.Reason.POLICY;
    };
  }

  /**
   * One PUT_BLOCKS: the sealed bytes come one block after the other, each behind its u32 length.
   */
  private final class Receiving {
    private final Stream stream;
    private final PublicKey owner;
    private final List<BlockAddress> asked;
    private final Instant until;
    private final Set<BlockAddress> damaged = new HashSet<>();
    private final List<SealedBlock> batch = new ArrayList<>();
    private final DataReader data;
    private int batchBytes;
    private long commit;

    Receiving(Stream stream, PublicKey owner, List<BlockAddress> asked, Instant until) {
      this.stream = stream;
      this.owner = owner;
      this.asked = asked;
      this.until = until;
      this.data = new DataReader(stream, FRAME_LIMIT, DATA_LIMIT);
    }

    void run() throws IOException {
      BitSet wanted = wanted();
      stream.send(FrameType.ACCEPT, Accept.newBuilder().setWanted(Bits.encode(wanted)).build());
      for (int i = wanted.nextSetBit(0); i >= 0; i = wanted.nextSetBit(i + 1)) {
        take(asked.get(i));
      }
      if (data.hasMore()) {
        throw new MalformedFrameException("more data than blocks");
      }
      stream.next(FrameType.END, FRAME_LIMIT);
      commit();
      renew(wanted);
      Receipt receipt =
          Receipt.sign(
              membership.identity(),
              membership.table().group().id(),
              owner,
              StoreId.of(host.storeId()),
              commit,
              asked,
              until,
              clock.instant());
      stream.send(FrameType.RECEIPT, receipt.signed());
    }

    /** What is here is read before it is counted: a receipt vouches for bytes, not for an index. */
    private BitSet wanted() throws IOException {
      BitSet wanted = new BitSet(asked.size());
      for (int i = 0; i < asked.size(); i++) {
        BlockAddress address = asked.get(i);
        if (!host.contains(address)) {
          wanted.set(i);
        } else if (!readable(address)) {
          damaged.add(address);
          wanted.set(i);
        }
      }
      return wanted;
    }

    private boolean readable(BlockAddress address) throws IOException {
      try {
        host.read(address);
        return true;
      } catch (BlockCorruptException e) {
        LOG.warn("a held block is damaged and is asked for again: {}", e.getMessage());
        return false;
      } catch (BlockMissingException goneMeanwhile) {
        return false;
      }
    }

    private void take(BlockAddress address) throws IOException {
      int size = data.read(4).getInt();
      if (size < 1 || size > SealedBlock.BYTES_MAX) {
        throw new MalformedFrameException("a block of " + size + " bytes");
      }
      SealedBlock block = SealedBlock.verified(address, data.read(size));
      if (damaged.contains(address)) {
        host.replaceDamaged(block);
      }
      batch.add(block);
      batchBytes += size;
      if (batchBytes >= COMMIT_BYTES) {
        commit();
      }
    }

    private void commit() throws IOException {
      if (!batch.isEmpty()) {
        commit = host.putHosted(List.copyOf(batch), owner.bytes(), until);
        batch.clear();
        batchBytes = 0;
      }
    }

    private void renew(BitSet wanted) throws IOException {
      List<BlockAddress> held = new ArrayList<>();
      for (int i = wanted.nextClearBit(0); i < asked.size(); i = wanted.nextClearBit(i + 1)) {
        held.add(asked.get(i));
      }
      if (!held.isEmpty()) {
        commit = Math.max(commit, host.renew(held, owner.bytes(), until));
      }
    }
  }

  /** The addresses of a request for 1 to 1,024 blocks. */
  static List<BlockAddress> addresses(ByteString joined) throws IOException {
    try {
      List<BlockAddress> addresses = Receipt.split(joined);
      if (addresses.isEmpty() || addresses.size() > DhtNode.BATCH_MAX) {
        throw new MalformedFrameException("a request for " + addresses.size() + " blocks");
      }
      return addresses;
    } catch (RecordException e) {
      throw new MalformedFrameException("malformed addresses", e);
    }
  }

  private static BlockAddress address(ByteString bytes) throws MalformedFrameException {
    if (bytes.size() != BlockAddress.BYTES) {
      throw new MalformedFrameException("an address of " + bytes.size() + " bytes");
    }
    return BlockAddress.of(bytes.toByteArray());
  }
}
