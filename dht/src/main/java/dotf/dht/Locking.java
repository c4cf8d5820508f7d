package dotf.dht;

import dotf.chunker.block.BlockAddress;
import dotf.dht.group.Receipt;
import dotf.dht.identity.NodeId;
import dotf.dht.session.Session;
import dotf.dht.session.Stream;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.Messages;
import dotf.dht.wire.proto.End;
import dotf.dht.wire.proto.Lock;
import dotf.dht.wire.proto.Locked;
import dotf.dht.wire.proto.Unlock;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** LOCK and UNLOCK, asked and answered; what is promised is the keeper's decision. */
final class Locking {
  private static final Logger LOG = LoggerFactory.getLogger(Locking.class);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(15);

  private final LockKeeper keeper;
  private final Predicate<NodeId> connected;
  private final InstantSource clock;
  private final AtomicLong lastOrder = new AtomicLong();
  private final Map<NodeId, PeerLocks> peers = new ConcurrentHashMap<>();

  Locking(LockKeeper keeper, Predicate<NodeId> connected, InstantSource clock) {
    this.keeper = keeper;
    this.connected = connected;
    this.clock = clock;
  }

  /** Grows with every request, over restarts too unless the clock was set back. */
  private long nextOrder() {
    return lastOrder.accumulateAndGet(clock.millis(), (last, now) -> Math.max(last + 1, now));
  }

  Set<BlockAddress> lock(Session holder, List<BlockAddress> blocks) throws IOException {
    Lock lock =
        Lock.newBuilder().setAddresses(Receipt.joined(blocks)).setOrder(nextOrder()).build();
    try (Stream stream = holder.request(FrameType.LOCK, lock)) {
      Frame answer = stream.next(FrameType.LOCKED, ANSWER_LIMIT);
      BitSet bits = Bits.decode(Messages.parse(Locked.parser(), answer).getLocked(), blocks.size());
      Set<BlockAddress> locked = new HashSet<>();
      bits.stream().mapToObj(blocks::get).forEach(locked::add);
      return locked;
    }
  }

  void unlock(Session holder, List<BlockAddress> blocks) {
    Unlock unlock =
        Unlock.newBuilder().setAddresses(Receipt.joined(blocks)).setOrder(nextOrder()).build();
    try (Stream stream = holder.request(FrameType.UNLOCK, unlock)) {
      stream.next(FrameType.END, ANSWER_LIMIT);
    } catch (IOException e) {
      LOG.info("node {} may keep locks a while: {}", holder.peer().brief(), e.getMessage());
    }
  }

  void answerLock(Stream stream, Frame request) throws IOException {
    Lock lock = Messages.parse(Lock.parser(), request);
    List<BlockAddress> asked = BlockServing.addresses(lock.getAddresses());
    long order = checked(lock.getOrder());
    NodeId peer = stream.session().peer();
    PeerLocks locks = locksOf(peer);
    Set<BlockAddress> kept;
    synchronized (locks) {
      List<BlockAddress> begun = locks.begin(asked, order, System.nanoTime());
      if (begun.size() < asked.size()) {
        LOG.warn("node {} has {} blocks locked; no more", peer.brief(), PeerLocks.MAX);
      }
      try {
        kept = keeper.lock(peer, begun);
        locks.locked(begun, kept);
      } finally {
        if (!connected.test(peer)) {
          // Its end may have been told before there was anything to keep.
          endConnection(peer, locks);
        }
      }
    }
    BitSet locked = new BitSet(asked.size());
    for (int i = 0; i < asked.size(); i++) {
      locked.set(i, kept.contains(asked.get(i)));
    }
    stream.send(FrameType.LOCKED, Locked.newBuilder().setLocked(Bits.encode(locked)).build());
  }

  void answerUnlock(Stream stream, Frame request) throws IOException {
    Unlock unlock = Messages.parse(Unlock.parser(), request);
    List<BlockAddress> asked = BlockServing.addresses(unlock.getAddresses());
    long order = checked(unlock.getOrder());
    NodeId peer = stream.session().peer();
    PeerLocks locks = locksOf(peer);
    synchronized (locks) {
      keeper.unlock(peer, locks.end(asked, order));
    }
    stream.send(FrameType.END, End.newBuilder().setSize(asked.size()).build());
  }

  /** The last connection with a peer has ended. */
  void lost(NodeId peer) {
    PeerLocks locks = locksOf(peer);
    synchronized (locks) {
      endConnection(peer, locks);
    }
  }

  private void endConnection(NodeId peer, PeerLocks locks) {
    locks.lost(System.nanoTime());
    keeper.disconnected(peer);
  }

  private PeerLocks locksOf(NodeId peer) {
    return peers.computeIfAbsent(peer, any -> new PeerLocks());
  }

  private static long checked(long order) throws MalformedFrameException {
    if (order < 1) {
      throw new MalformedFrameException("a lock of order " + order);
    }
    return order;
  }
}
