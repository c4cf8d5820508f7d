package dotf.dht;

import com.google.protobuf.ByteString;
import dotf.chunker.block.BlockAddress;
import dotf.dht.identity.NodeId;
import dotf.dht.session.Session;
import dotf.dht.store.BlockHost;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import dotf.dht.wire.MalformedFrameException;
import dotf.dht.wire.Messages;
import dotf.dht.wire.proto.Found;
import dotf.dht.wire.proto.Want;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * WANT: a node asks everybody it knows for a block, they ask on, and whoever has it on its own disk
 * tells the first asker directly, which then gets it there.
 */
final class Wants {
  private static final Logger LOG = LoggerFactory.getLogger(Wants.class);
  private static final int TTL_MAX = 3;
  private static final int REQUEST_BYTES = 16;
  private static final int ANSWERS_MAX = 16;

  private final Mesh mesh;
  private final Membership membership;
  private final BlockHost host;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Executor workers;
  private final SeenRequests seen = new SeenRequests();
  private final Semaphore answering = new Semaphore(ANSWERS_MAX);
  private final Map<ByteString, BlockingQueue<NodeId>> asking = new ConcurrentHashMap<>();

  Wants(
      Mesh mesh,
      Membership membership,
      BlockHost host,
      InstantSource clock,
      RandomGenerator random,
      Executor workers) {
    this.mesh = mesh;
    this.membership = membership;
    this.host = host;
    this.clock = clock;
    this.random = random;
    this.workers = workers;
  }

  /** One search, whose answers come as they come. */
  final class Search implements AutoCloseable {
    private final ByteString request;
    private final BlockingQueue<NodeId> found = new LinkedBlockingQueue<>(ANSWERS_MAX);

    private Search(ByteString request) {
      this.request = request;
    }

    /** The next node that says it has the block, or null when none does within the limit. */
    @Nullable NodeId next(Duration limit) throws IOException {
      try {
        return found.poll(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }

    @Override
    public void close() {
      asking.remove(request);
    }
  }

  /** Asks everybody. */
  Search search(BlockAddress address) {
    byte[] id = new byte[REQUEST_BYTES];
    random.nextBytes(id);
    Search search = new Search(ByteString.copyFrom(id));
    asking.put(search.request, search.found);
    seen.add(search.request, clock.instant());
    mesh.broadcast(
        FrameType.WANT,
        Want.newBuilder()
            .setAddress(ByteString.copyFrom(address.bytes()))
            .setRequest(search.request)
            .setTtl(TTL_MAX)
            .setOrigin(ByteString.copyFrom(membership.self().bytes()))
            .build(),
        null);
    return search;
  }

  void wanted(Session from, Frame frame) throws IOException {
    Want want = Messages.parse(Want.parser(), frame);
    if (want.getAddress().size() != BlockAddress.BYTES
        || want.getOrigin().size() != NodeId.BYTES
        || want.getRequest().size() != REQUEST_BYTES
        || want.getTtl() < 1
        || want.getTtl() > TTL_MAX) {
      throw new MalformedFrameException("a WANT out of bounds");
    }
    NodeId origin = NodeId.of(want.getOrigin().toByteArray());
    if (!membership.table().contains(origin)
        || origin.equals(membership.self())
        || !seen.add(want.getRequest(), clock.instant())) {
      return;
    }
    if (host.contains(BlockAddress.of(want.getAddress().toByteArray()))) {
      if (answering.tryAcquire()) {
        workers.execute(() -> answer(origin, want));
      }
    } else if (want.getTtl() > 1) {
      Want further = want.toBuilder().setTtl(want.getTtl() - 1).build();
      for (Session session : mesh.sessions()) {
        if (!session.peer().equals(from.peer()) && !session.peer().equals(origin)) {
          session.send(FrameType.WANT, further);
        }
      }
    }
  }

  private void answer(NodeId origin, Want want) {
    try {
      Found found =
          Found.newBuilder().setAddress(want.getAddress()).setRequest(want.getRequest()).build();
      mesh.reach(origin).send(FrameType.FOUND, found);
    } catch (IOException e) {
      LOG.info("has a block that {} wants, and cannot tell: {}", origin.brief(), e.getMessage());
    } finally {
      answering.release();
    }
  }

  void found(Session from, Frame frame) throws IOException {
    Found found = Messages.parse(Found.parser(), frame);
    BlockingQueue<NodeId> waiting = asking.get(found.getRequest());
    if (waiting != null && !waiting.offer(from.peer())) {
      LOG.debug("more answers than are needed");
    }
  }
}
