package dotf.agent;

import dotf.agent.folder.HookedDisk;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.LinuxDisk;
import dotf.chunker.key.VaultKeys;
import dotf.chunker.key.VaultSecret;
import dotf.dht.DhtNode;
import dotf.dht.NodeParts;
import dotf.dht.NodeSettings;
import dotf.dht.identity.KeyFile;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.PublicKey;
import dotf.dht.identity.Signer;
import dotf.dht.store.BlockStore;
import dotf.dht.store.StoreSettings;
import dotf.fixtures.Eventually;
import dotf.watcher.FolderWatcher;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;

/** A whole device on loopback: home, store, node, agent; can be stopped, started, and lost. */
final class TestDevice implements AutoCloseable {
  static final Duration SETTLE = Duration.ofMillis(300);
  private static final SecureRandom RANDOM = new SecureRandom();

  final Path home;
  final VaultKeys keys;
  private final ScheduledExecutorService events = Executors.newSingleThreadScheduledExecutor();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final ExecutorService splitters = Executors.newFixedThreadPool(2);
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final List<AutoCloseable> open = new ArrayList<>();
  AgentSettings settings;
  volatile boolean phraseConfirmed = true;

  /** Hears of each call that changes the store's files. */
  HookedDisk.Hook storeHook = (call, name) -> {};

  BlockStore store;
  DhtNode node;
  Agent agent;

  /** A new device of a vault. */
  TestDevice(Path home, VaultSecret vault, AgentSettings settings) throws IOException {
    this.home = home;
    this.keys = VaultKeys.derive(vault);
    this.settings = settings;
    Files.createDirectories(home.resolve("keys"));
    Files.createDirectories(home.resolve("journal"));
    start();
  }

  static AgentSettings settings(int copies) {
    AgentSettings usual = AgentSettings.defaults();
    return new AgentSettings(
        SETTLE,
        usual.linger(),
        copies,
        usual.stubMin(),
        usual.storeLimit(),
        0,
        Duration.ofSeconds(1),
        usual.trash(),
        usual.scan());
  }

  static TestDevice alone(Path home) throws IOException {
    return new TestDevice(home, VaultSecret.random(RANDOM), settings(2));
  }

  void start() throws IOException {
    LinuxDisk disk = new LinuxDisk();
    store =
        keep(
            BlockStore.open(
                new HookedDisk(disk, (call, name) -> storeHook.before(call, name)),
                home.resolve("store"),
                StoreSettings.of(1L << 40, 1L << 40),
                RANDOM,
                health -> {}));
    Directory keyFiles = keep(disk.open(home.resolve("keys")));
    Directory journal = keep(disk.open(home.resolve("journal")));
    Signer vault = new Signer(PublicKey.of(keys.publicKey()), keys::sign);
    DhtNode.create(keyFiles, journal, vault, RANDOM, InstantSource.system());
    NodeRelay relay = new NodeRelay();
    node =
        keep(
            DhtNode.open(
                NodeParts.onTcp(
                    keyFiles,
                    journal,
                    store,
                    new NodeSettings(InetAddress.getLoopbackAddress(), 0, 1L << 40, "test"),
                    relay,
                    InstantSource.system(),
                    RANDOM,
                    timer,
                    blocking)));
    agent =
        keep(
            Agent.open(
                new AgentParts(
                    home,
                    home.resolve("store"),
                    disk,
                    keys,
                    store,
                    node,
                    NodeIdentity.of(new KeyFile("node", "DOTF-NOD").read(keyFiles)).signer(),
                    () -> phraseConfirmed,
                    relay,
                    FolderWatcher::open,
                    InstantSource.system(),
                    RANDOM,
                    events,
                    splitters,
                    blocking),
                settings));
  }

  static void delete(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Stops everything in order. */
  void stop() throws IOException {
    for (AutoCloseable part : open.reversed()) {
      try {
        part.close();
      } catch (Exception e) {
        throw new IOException(e);
      }
    }
    open.clear();
  }

  void restart() throws IOException {
    stop();
    start();
  }

  /** Two groups become one: this device joins the other's. */
  void join(TestDevice other) throws IOException {
    node.join(other.node.invite(1, Duration.ofHours(1)));
    Eventually.eventually("connected", () -> node.isConnected(other.node.id()));
    Eventually.eventually("connected", () -> other.node.isConnected(node.id()));
  }

  /** Waits until nothing is left to do; fails with what is. */
  void settle() throws InterruptedException {
    Settlement settlement = agent.await(Duration.ofSeconds(30), look -> {});
    if (!settlement.settled()) {
      throw new AssertionError(settlement.toString());
    }
  }

  FileRow row(Path path) throws IOException {
    List<FileRow> rows = new ArrayList<>();
    agent.files(path, rows::add);
    if (rows.size() != 1) {
      throw new AssertionError(path + ": " + rows);
    }
    return rows.getFirst();
  }

  private <T extends AutoCloseable> T keep(T part) {
    open.add(part);
    return part;
  }

  @Override
  public void close() throws IOException {
    stop();
    events.shutdownNow();
    timer.shutdownNow();
    splitters.shutdownNow();
    blocking.shutdownNow();
  }
}
