package dotf.dht;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.LinuxDisk;
import dotf.dht.group.HeadRecord;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.net.MemoryTransport;
import dotf.dht.store.MemoryHost;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** A node with a home of its own and a store in memory; can be stopped and started. */
final class TestNode implements NodeListener, AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();

  final Path home;
  final NodeIdentity vault = NodeIdentity.generate(RANDOM);
  final List<HeadRecord> heads = new CopyOnWriteArrayList<>();

  /** What this node's vault releases when a member that leaves asks. */
  volatile Set<BlockAddress> released = Set.of();

  private final ScheduledExecutorService timer;
  private final Executor workers;
  private final long offer;
  private final MemoryTransport.@Nullable Network network;
  MemoryHost host;
  Directory keys;
  Directory journal;
  DhtNode node;

  /**
   * Makes a home and opens its node.
   *
   * @param network where it lives; null: TCP and TLS on loopback
   */
  TestNode(
      Path home,
      long offer,
      ScheduledExecutorService timer,
      Executor workers,
      MemoryTransport.@Nullable Network network)
      throws IOException {
    this.network = network;
    this.home = home;
    this.offer = offer;
    this.timer = timer;
    this.workers = workers;
    this.host = freshHost();
    Files.createDirectories(home.resolve("keys"));
    Files.createDirectories(home.resolve("journal"));
    open();
    DhtNode.create(keys, journal, vault.signer(), RANDOM, InstantSource.system());
    node = DhtNode.open(parts());
  }

  void open() throws IOException {
    keys = new LinuxDisk().open(home.resolve("keys"));
    journal = new LinuxDisk().open(home.resolve("journal"));
  }

  private NodeParts parts() {
    NodeParts parts = partsOnTcp();
    MemoryTransport.Network simulated = network;
    if (simulated == null) {
      return parts;
    }
    return new NodeParts(
        parts.keys(),
        parts.journal(),
        parts.host(),
        parts.settings(),
        parts.listener(),
        parts.clock(),
        parts.random(),
        parts.timer(),
        parts.workers(),
        identity -> new MemoryTransport(simulated, identity.id(), workers));
  }

  private NodeParts partsOnTcp() {
    return NodeParts.onTcp(
        keys,
        journal,
        host,
        new NodeSettings(InetAddress.getLoopbackAddress(), 0, offer, "test"),
        this,
        InstantSource.system(),
        RANDOM,
        timer,
        workers);
  }

  MemoryHost freshHost() {
    byte[] id = new byte[16];
    RANDOM.nextBytes(id);
    return new MemoryHost(id, offer);
  }

  NodeId id() {
    return node.id();
  }

  /** Ends the node as a kill would end its connections. */
  void stop() throws IOException {
    node.close();
    keys.close();
    journal.close();
  }

  void start() throws IOException {
    open();
    node = DhtNode.open(parts());
  }

  /** Keeps a block of random bytes as an own one. */
  BlockAddress put(byte[] sealed) throws IOException {
    SealedBlock block = SealedBlock.of(ByteBuffer.wrap(sealed));
    host.put(block);
    return block.address();
  }

  @Override
  public BitSet handover(NodeId from, List<BlockAddress> addresses) {
    BitSet bits = new BitSet();
    for (int i = 0; i < addresses.size(); i++) {
      bits.set(i, released.contains(addresses.get(i)));
    }
    return bits;
  }

  @Override
  public void headChanged(HeadRecord head) {
    heads.add(head);
  }

  @Override
  public void close() throws IOException {
    stop();
  }
}
