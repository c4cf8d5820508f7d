package dotf.service.daemon;

import dotf.agent.Agent;
import dotf.agent.AgentParts;
import dotf.agent.AgentSettings;
import dotf.agent.NodeRelay;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.Disk;
import dotf.chunker.disk.LinuxDisk;
import dotf.chunker.key.VaultKeys;
import dotf.dht.DhtNode;
import dotf.dht.NodeParts;
import dotf.dht.NodeSettings;
import dotf.dht.store.BlockStore;
import dotf.dht.store.StoreHealth;
import dotf.dht.store.StoreSettings;
import dotf.service.api.AgentRoutes;
import dotf.service.api.ApiServer;
import dotf.service.api.CareRoutes;
import dotf.service.api.ConfigRoutes;
import dotf.service.api.DoctorRoutes;
import dotf.service.api.FileRoutes;
import dotf.service.api.FolderRoutes;
import dotf.service.api.HolderRoutes;
import dotf.service.api.HoldingRoutes;
import dotf.service.api.LeavingRoutes;
import dotf.service.api.PeerRoutes;
import dotf.service.api.PinRoutes;
import dotf.service.api.Routes;
import dotf.service.api.TicketRoutes;
import dotf.service.api.WayBackRoutes;
import dotf.setup.Config;
import dotf.setup.ConfigFile;
import dotf.setup.Home;
import dotf.setup.InvalidConfigException;
import dotf.setup.Keyring;
import dotf.watcher.FolderWatcher;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition root: builds everything of one home in dependency order, and closes it in
 * reverse.
 */
public final class Daemon implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Daemon.class);
  private static final Duration SCAN = Duration.ofHours(1);
  private static final int SPLITTERS = Math.max(2, Runtime.getRuntime().availableProcessors());

  private final Deque<Closeable> opened = new ArrayDeque<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final CountDownLatch closed = new CountDownLatch(1);
  private final InstantSource clock = InstantSource.system();
  private final SecureRandom random = new SecureRandom();
  private final Home home;
  private final ConfigFile configFile;
  private int port;

  private Daemon(Home home) {
    this.home = home;
    this.configFile = new ConfigFile(home.configFile());
  }

  /**
   * Starts the agent of a home.
   *
   * @param version of this program, shown to peers
   * @throws IOException when another agent has the home, or something of it cannot be read
   */
  public static Daemon start(Home home, Map<String, String> environment, String version)
      throws IOException {
    Daemon daemon = new Daemon(home);
    try {
      daemon.open(environment, version);
      return daemon;
    } catch (InvalidConfigException e) {
      LOG.error("the agent did not start: {}", e.getMessage());
      daemon.close();
      throw e;
    } catch (IOException | RuntimeException e) {
      LOG.error("the agent did not start", e);
      daemon.close();
      throw e;
    }
  }

  private void open(Map<String, String> environment, String version) throws IOException {
    opened.push(home.lock()::close);
    LogFiles.open(home.log());
    opened.push(LogFiles::close);
    LOG.info("dotf {} starts on {}", version, home);
    Config config = configFile.read();
    Disk disk = new LinuxDisk();
    VaultKeys keys = VaultKeys.derive(Identity.vault(home));
    BlockStore store = openStore(disk, config);
    NodeRelay relay = new NodeRelay();
    ExecutorService blocking = shutLater(Executors.newVirtualThreadPerTaskExecutor());
    DhtNode node = openNode(disk, store, config, relay, blocking, version);
    Agent agent = openAgent(disk, config, keys, store, node, relay, blocking);
    Routes routes = new Routes();
    FolderRoutes.add(routes, agent, clock);
    FileRoutes.add(routes, agent, clock);
    HoldingRoutes.add(routes, agent, clock);
    WayBackRoutes.add(routes, agent, clock);
    PinRoutes.add(routes, agent);
    CareRoutes.add(routes, agent, clock);
    PeerRoutes.add(routes, agent, node, store);
    TicketRoutes.add(routes, node, clock);
    HolderRoutes.add(routes, agent.directories());
    LeavingRoutes.add(routes, agent, node, store, clock);
    AgentRoutes.add(
        routes, agent, node, store, new Keyring(home.keys()), version, this::requestStop);
    AgentRoutes.addPort(routes, () -> port, () -> listening(config.port(), node));
    DoctorRoutes.add(routes, home, environment, clock, node);
    ConfigRoutes.add(routes, configFile, changed -> obey(changed, agent, node));
    closeLater(ApiServer.listen(home.prepareSocket(environment), routes));
    LOG.info("ready: node {}, port {}", node.id(), port);
  }

  private BlockStore openStore(Disk disk, Config config) throws IOException {
    Path directory = config.store(home);
    if (!Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    long free = disk.space(directory).available();
    StoreSettings settings = StoreSettings.of(config.storeLimit(), config.offer(free));
    return closeLater(BlockStore.open(disk, directory, settings, random, Daemon::alarm));
  }

  private static void alarm(StoreHealth health) {
    LOG.error("the store's disk failed: {}", health);
  }

  private DhtNode openNode(
      Disk disk,
      BlockStore store,
      Config config,
      NodeRelay relay,
      ExecutorService blocking,
      String version)
      throws IOException {
    Directory keys = closeLater(disk.open(home.keys()));
    Directory journal = closeLater(disk.open(home.journal()));
    InetAddress all = new InetSocketAddress(0).getAddress();
    long offer = config.offer(disk.space(config.store(home)).available());
    DhtNode node =
        closeLater(
            DhtNode.open(
                NodeParts.onTcp(
                    keys,
                    journal,
                    store,
                    new NodeSettings(all, config.port(), offer, version),
                    relay,
                    clock,
                    random,
                    timer("node"),
                    blocking)));
    port = node.port();
    return node;
  }

  private Agent openAgent(
      Disk disk,
      Config config,
      VaultKeys keys,
      BlockStore store,
      DhtNode node,
      NodeRelay relay,
      ExecutorService blocking)
      throws IOException {
    AgentParts parts =
        new AgentParts(
            home.directory(),
            config.store(home),
            disk,
            keys,
            store,
            node,
            node.signer(),
            new Keyring(home.keys())::phraseConfirmed,
            relay,
            config.portableWatcher() ? FolderWatcher::openPortable : FolderWatcher::open,
            clock,
            random,
            timer("events"),
            shutLater(Executors.newFixedThreadPool(SPLITTERS, named("splitter"))),
            blocking);
    return closeLater(Agent.open(parts, settings(config)));
  }

  private void obey(Config changed, Agent agent, DhtNode node) throws IOException {
    agent.apply(settings(changed));
    node.offer(changed.offer(Files.getFileStore(changed.store(home)).getUsableSpace()));
  }

  private AgentSettings settings(Config config) throws IOException {
    return new AgentSettings(
        config.settle(),
        config.linger(),
        config.copies(),
        config.stubMin(),
        config.storeLimit(),
        config.reserve(Files.getFileStore(home.directory()).getTotalSpace()),
        config.quarantine(),
        config.trash(),
        SCAN);
  }

  private ScheduledExecutorService timer(String name) {
    return shutLater(Executors.newSingleThreadScheduledExecutor(named(name)));
  }

  private static java.util.concurrent.ThreadFactory named(String name) {
    return Thread.ofPlatform().daemon().name(name, 0).factory();
  }

  private <T extends Closeable> T closeLater(T part) {
    opened.push(part);
    return part;
  }

  private <T extends ExecutorService> T shutLater(T executor) {
    opened.push(
        () -> {
          executor.shutdownNow();
          try {
            if (!executor.awaitTermination(10, TimeUnit.SECONDS)) {
              LOG.warn("work was still under way after ten seconds");
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return executor;
  }

  private String listening(int wanted, DhtNode node) {
    String said = "the agent runs, and listens on port " + port;
    if (wanted == 0 || wanted == port) {
      return said;
    }
    String holder = node.portHolder();
    return holder == null
        ? "%s: %d was taken".formatted(said, wanted)
        : "%s: %d is held by %s".formatted(said, wanted, holder);
  }

  /** The port that peers reach us on. */
  public int port() {
    return port;
  }

  /** Lets {@link #awaitStop} return; does not wait. */
  public void requestStop() {
    stop.countDown();
  }

  /** Returns when somebody has asked for a stop. */
  public void awaitStop() throws InterruptedException {
    stop.await();
  }

  /** Returns when everything is closed, or after half a minute. */
  public void awaitClosed() throws InterruptedException {
    if (!closed.await(30, TimeUnit.SECONDS)) {
      LOG.warn("the agent did not close in half a minute");
    }
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      Closeable part = opened.pop();
      try {
        part.close();
      } catch (IOException | RuntimeException e) {
        LOG.warn("something did not close well", e);
      }
    }
    closed.countDown();
  }
}
