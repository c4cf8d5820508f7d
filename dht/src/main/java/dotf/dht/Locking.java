package dotf.dht;

import dotf.chunker.block.BlockAddress;
import dotf.dht.group.Receipt;
import dotf.dht.lock.BlockLocks;
import dotf.dht.session.Session;
import dotf.dht.session.Stream;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import dotf.dht.wire.Messages;
import dotf.dht.wire.proto.Lock;
import dotf.dht.wire.proto.Locked;
import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** LOCK, asked and answered. */
final class Locking {
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

  private final BlockLocks locks;

  Locking(BlockLocks locks) {
    this.locks = locks;
  }

  Set<BlockAddress> lock(Session holder, List<BlockAddress> blocks) throws IOException {
    Lock lock = Lock.newBuilder().setAddresses(Receipt.joined(blocks)).build();
    try (Stream stream = holder.request(FrameType.LOCK, lock)) {
      Frame answer = stream.next(FrameType.LOCKED, ANSWER_LIMIT);
      BitSet bits = Bits.decode(Messages.parse(Locked.parser(), answer).getLocked(), blocks.size());
      Set<BlockAddress> locked = new HashSet<>();
      bits.stream().mapToObj(blocks::get).forEach(locked::add);
      return locked;
    }
  }

  void answer(Stream stream, Frame request) throws IOException {
    List<BlockAddress> asked =
        BlockServing.addresses(Messages.parse(Lock.parser(), request).getAddresses());
    Set<BlockAddress> kept = locks.lock(stream.session().peer(), asked);
    BitSet locked = new BitSet(asked.size());
    for (int i = 0; i < asked.size(); i++) {
      locked.set(i, kept.contains(asked.get(i)));
    }
    stream.send(FrameType.LOCKED, Locked.newBuilder().setLocked(Bits.encode(locked)).build());
  }
}
