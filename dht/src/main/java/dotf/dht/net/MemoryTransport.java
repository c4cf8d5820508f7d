package dotf.dht.net;

import dotf.dht.identity.NodeId;
import dotf.dht.wire.Frame;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Links within one process, for tests and simulations: no sockets, no TLS; everything happens on
 * the executor that was passed in. Stricter than the real thing: frames are copied when sent, never
 * delivered in the sender's call, and a link is unwritable as soon as 256 KiB wait.
 */
public final class MemoryTransport implements Transport {
  private static final long HIGH_WATER = 256 << 10;

  private final Network network;
  private final NodeId self;
  private final Executor executor;
  private final Set<End> ends = new HashSet<>();
  private boolean closed;
  private @Nullable InetSocketAddress listening;
  private @Nullable Supplier<LinkHandler> handlers;

  /** Where the transports of one world find each other. Also the lock of all its links. */
  public static final class Network {
    private final Map<InetSocketAddress, MemoryTransport> listeners = new HashMap<>();
    private final Set<Set<NodeId>> apart = new HashSet<>();
    private int nextPort = 20_000;

    /** From now on these two cannot dial each other; links that are up stay. */
    public synchronized void part(NodeId one, NodeId other) {
      apart.add(Set.of(one, other));
    }

    /** Everybody can dial everybody again. */
    public synchronized void heal() {
      apart.clear();
    }
  }

  /** A node's transport; what it says of itself is believed. */
  public MemoryTransport(Network network, NodeId self, Executor executor) {
    this.network = network;
    this.self = self;
    this.executor = executor;
  }

  @Override
  public int listen(InetAddress address, int port, Supplier<LinkHandler> accept)
      throws IOException {
    synchronized (network) {
      for (int tried = port == 0 ? network.nextPort++ : port;
          tried < port + 100 || port == 0;
          tried++) {
        var candidate = new InetSocketAddress(address, tried);
        if (network.listeners.putIfAbsent(candidate, this) == null) {
          listening = candidate;
          handlers = accept;
          return tried;
        }
      }
      throw new BindException("no port is free");
    }
  }

  @Override
  public void dial(InetSocketAddress address, @Nullable NodeId expected, LinkHandler handler) {
    synchronized (network) {
      MemoryTransport other = network.listeners.get(address);
      Supplier<LinkHandler> accept = other == null ? null : other.handlers;
      if (closed
          || other == null
          || accept == null
          || network.apart.contains(Set.copyOf(List.of(self, other.self)))) {
        executor.execute(() -> handler.closed(new IOException("cannot reach " + address)));
      } else if (expected != null && !expected.equals(other.self)) {
        executor.execute(() -> handler.closed(new IOException("another node is at " + address)));
      } else {
        var here = new InetSocketAddress(address.getAddress(), network.nextPort++);
        End near = new End(this, handler, true, other.self, address);
        End far = new End(other, accept.get(), false, self, here);
        near.other = far;
        far.other = near;
        ends.add(near);
        other.ends.add(far);
        near.later(() -> handler.opened(near));
        far.later(() -> far.handler.opened(far));
      }
    }
  }

  @Override
  public void close() {
    synchronized (network) {
      closed = true;
      if (listening != null) {
        network.listeners.remove(listening);
      }
      Set.copyOf(ends).forEach(End::close);
    }
  }

  /** One end of a link. Its tasks run one at a time, in order. Guarded by the network. */
  private static final class End implements Link {
    private final MemoryTransport owner;
    private final LinkHandler handler;
    private final boolean dialed;
    private final NodeId peer;
    private final InetSocketAddress remote;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private @Nullable End other;
    private boolean running;
    private boolean paused;
    private boolean ended;
    private boolean choked;
    private long undelivered;
    private long sent;
    private long received;

    End(
        MemoryTransport owner,
        LinkHandler handler,
        boolean dialed,
        NodeId peer,
        InetSocketAddress remote) {
      this.owner = owner;
      this.handler = handler;
      this.dialed = dialed;
      this.peer = peer;
      this.remote = remote;
    }

    private Object lock() {
      return owner.network;
    }

    /** Runs a task after those before it, on the executor. */
    void later(Runnable task) {
      synchronized (lock()) {
        tasks.add(task);
        wake();
      }
    }

    private void wake() {
      if (!running && !paused && !tasks.isEmpty()) {
        running = true;
        owner.executor.execute(this::runOne);
      }
    }

    private void runOne() {
      Runnable task;
      synchronized (lock()) {
        task = paused ? null : tasks.poll();
      }
      if (task != null) {
        task.run();
      }
      synchronized (lock()) {
        running = false;
        wake();
      }
    }

    @Override
    public NodeId peer() {
      return peer;
    }

    @Override
    public InetSocketAddress remote() {
      return remote;
    }

    @Override
    public boolean dialed() {
      return dialed;
    }

    @Override
    public void send(Frame frame) {
      ByteBuffer copy = ByteBuffer.allocate(frame.body().remaining()).put(frame.body()).flip();
      Frame travelling = new Frame(frame.code(), frame.stream(), copy);
      synchronized (lock()) {
        End far = other;
        if (ended || far == null) {
          return;
        }
        sent += frame.size();
        undelivered += frame.size();
        choked = choked || undelivered > HIGH_WATER;
        far.later(() -> far.deliver(travelling));
      }
    }

    private void deliver(Frame frame) {
      synchronized (lock()) {
        End near = other;
        received += frame.size();
        if (near != null) {
          near.undelivered -= frame.size();
          if (near.choked && near.undelivered == 0) {
            near.choked = false;
            near.later(near.handler::writable);
          }
        }
      }
      handler.received(frame);
    }

    @Override
    public boolean isWritable() {
      synchronized (lock()) {
        return !choked && !ended;
      }
    }

    @Override
    public void pauseReading(boolean pause) {
      synchronized (lock()) {
        paused = pause;
        wake();
      }
    }

    @Override
    public void close() {
      synchronized (lock()) {
        End far = other;
        if (!ended) {
          end();
        }
        if (far != null && !far.ended) {
          far.end();
        }
      }
    }

    private void end() {
      ended = true;
      paused = false;
      owner.ends.remove(this);
      later(() -> handler.closed(null));
    }

    @Override
    public Traffic traffic() {
      synchronized (lock()) {
        return new Traffic(sent, received);
      }
    }
  }
}
