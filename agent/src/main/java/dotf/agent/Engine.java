package dotf.agent;

import dotf.agent.catalog.Catalog;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Tally;
import dotf.agent.folder.Freeing;
import dotf.agent.folder.Intents;
import dotf.agent.folder.Restoring;
import dotf.agent.folder.Vault;
import dotf.agent.holder.DirectoryHolders;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.Journal;
import dotf.agent.journal.JournalPublisher;
import dotf.agent.journal.JournalRecovery;
import dotf.agent.replica.Evictor;
import dotf.agent.replica.Receipts;
import dotf.agent.replica.Replicator;
import dotf.agent.replica.Stay;
import dotf.chunker.FileAssembler;
import dotf.chunker.FileSplitter;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockSource;
import dotf.chunker.block.Hash;
import dotf.chunker.codec.BlockCodec;
import dotf.chunker.disk.Directory;
import dotf.chunker.manifest.ManifestReader;
import dotf.chunker.stub.StubCodec;
import dotf.dht.NodeListener;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import dotf.dht.identity.Signer;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts an agent's pieces together in the order of their dependence, and takes them apart again. */
final class Engine implements Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

  /** Batches that are stored or replaced at a time, each with its own fsyncs to wait for. */
  private static final int BATCHES_AT_ONCE = 2;

  /** How long a stop lets work come to its end by itself, and how long it waits at most. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Deque<Closeable> open = new ArrayDeque<>();
  private final AtomicReference<AgentSettings> settings;
  private final GroupHolders members;
  private final DirectoryHolders directories;
  private final AllHolders holders;
  private final Receipts receipts;
  private final Device device;
  private final Leave leave;
  private final BlockSource fleeting;
  private final CopySweep sweep;
  private final Refilling refilling;
  private final Publishing publishing;
  private final Recovering recovering;
  private final Folders folders;
  private final GivingBack givingBack;
  private final SafetyFigures safety = new SafetyFigures();
  private final Listing listing;
  private final Tasks tasks;
  private final Allowing allowing;
  private final Keeping keeping;
  private final Removing removing;
  private boolean paused;
  private final WayBack wayBack;
  private final Checking checking;
  private final Pinning pinning;
  private final HolderDirectories holderDirectories;
  private final Departure departure;
  private final Release release;
  private final Errands errands;
  private final ScheduledExecutorService events;
  private final ScheduledFuture<?> ticking;

  static Engine open(AgentParts parts, AgentSettings settings) throws IOException {
    Deque<Closeable> open = new ArrayDeque<>();
    try {
      return new Engine(parts, settings, open);
    } catch (IOException | RuntimeException e) {
      closeAll(open, e);
      throw e;
    }
  }

  private Engine(AgentParts parts, AgentSettings initial, Deque<Closeable> opened)
      throws IOException {
    settings = new AtomicReference<>(initial);
    errands = new Errands(parts.blocking());
    events = parts.events();
    Files.createDirectories(parts.home().resolve("journal"));
    Directory logs = keep(opened, parts.disk().open(parts.home().resolve("journal")));
    Journal journal = keep(opened, Journal.open(logs));
    Catalog catalog = keep(opened, Catalog.open(parts.home().resolve("catalog"), journal));
    Space space = new Space(parts.disk(), parts.storePath(), this::current);
    members = new GroupHolders(parts.node(), parts.clock());
    directories = keep(opened, directories(parts, logs, opened, space));
    holders = new AllHolders(members, directories);
    receipts = keep(opened, new Receipts(logs, holders::vouches));
    Replicator replicator =
        new Replicator(
            holders,
            receipts,
            () -> current().copies(),
            block -> parts.store().ownBlocks(own -> block.accept(own.address())),
            parts.events(),
            errands,
            parts.clock(),
            this::copiesCame);
    opened.push(replicator);
    Pausing pausing = Pausing.open(logs, parts.clock());
    BlockCodec codec = new BlockCodec(parts.keys(), parts.random());
    ManifestReader manifests = new ManifestReader(parts.keys(), codec);
    Vault vault =
        new Vault(
            new FileSplitter(parts.keys(), codec, parts.splitters()),
            new FileAssembler(parts.keys(), codec, parts.splitters()),
            manifests,
            new StubCodec(parts.keys()));
    BlockSource anywhere = new NearestBlocks(parts.store(), holders, receipts, _ -> true);
    BlockSource content =
        new NearestBlocks(parts.store(), holders, receipts, block -> !replicator.isSafe(block));
    fleeting = new NearestBlocks(parts.store(), holders, receipts, _ -> false);
    Copies copies = new Copies(manifests, anywhere, receipts, replicator, parts.store());
    leave = new Leave(parts.store()::health);
    Intents intents = keep(opened, Intents.open(logs, parts.random()));
    device =
        new Device(
            Hash.of(parts.node().id().bytes()),
            parts.disk(),
            journal,
            catalog,
            keep(opened, Lingering.open(logs)),
            keep(opened, Holds.open(logs)),
            vault,
            new Freeing(
                vault,
                parts.store(),
                address -> parts.store().readFromDisk(address),
                leave,
                intents,
                parts.clock(),
                Freeing.HOLD),
            new Restoring(vault, intents, parts.clock()),
            intents,
            parts.store(),
            new StormBreaker(),
            pausing,
            leave,
            anywhere,
            content,
            replicator,
            evictor(parts),
            copies,
            space,
            this::current,
            parts.clock(),
            parts.random(),
            parts.events(),
            errands,
            new Semaphore(BATCHES_AT_ONCE));
    Pins pins = keep(opened, Pins.open(logs));
    givingBack = new GivingBack(device, pins);
    folders =
        keep(opened, new Folders(device, givingBack, parts.home(), parts.watchers(), directories));
    listing = new Listing(device, folders, pins, receipts, directories, fleeting);
    tasks = new Tasks(device, folders, listing, givingBack);
    allowing = new Allowing(device, folders, listing);
    keeping = new Keeping(device, folders, listing, tasks);
    removing = new Removing(device, folders, tasks);
    wayBack = new WayBack(device, folders);
    checking = new Checking(device, folders, listing, receipts, holders, this::lost);
    pinning = new Pinning(device, pins, listing);
    holderDirectories =
        new HolderDirectories(
            device, directories, folders, receipts, holders, parts, this::holdersChanged);
    refilling =
        new Refilling(parts.store(), manifests, content, replicator, space, errands, parts.clock());
    departure = new Departure(device, parts.node(), new Homecoming(device, pins, fleeting));
    release = new Release(device, members, codec, fleeting);
    sweep =
        new CopySweep(
            journal,
            catalog,
            copies,
            replicator,
            refilling,
            errands,
            parts.clock(),
            this::hasEnoughCopies);
    Signer vaultKey = new Signer(PublicKey.of(parts.keys().publicKey()), parts.keys()::sign);
    publishing =
        new Publishing(
            journal,
            new JournalPublisher(
                journal,
                parts.device(),
                codec,
                vault.splitter(),
                new CopiedSink(parts.store(), replicator),
                parts.clock(),
                parts.random()),
            parts.node(),
            directories,
            replicator,
            vaultKey,
            pausing,
            parts.clock(),
            errands);
    recovering =
        new Recovering(
            device,
            parts.node(),
            directories,
            vaultKey.key(),
            new JournalRecovery(codec, manifests, vault.assembler(), anywhere, logs),
            parts.home());
    open.addAll(opened);
    parts.relay().to(new Hearing());
    ticking = parts.events().scheduleWithFixedDelay(this::tick, 1, 1, TimeUnit.SECONDS);
    obeyPause();
    replicator.start();
    folders.start();
  }

  private DirectoryHolders directories(
      AgentParts parts, Directory logs, Deque<Closeable> opened, Space space) throws IOException {
    return new DirectoryHolders(
        new DirectoryHolders.Parts(
            parts.disk(),
            logs,
            keep(opened, parts.disk().open(parts.home().resolve("keys"))),
            parts.store(),
            () -> parts.node().group().id(),
            parts.node().owner(),
            space::forCopies,
            parts.clock(),
            parts.random(),
            DirectoryHolders.LIMIT,
            errands,
            new DirectoryHearing()));
  }

  private Evictor evictor(AgentParts parts) {
    return new Evictor(
        holders,
        receipts,
        parts.node().locks(),
        blocks -> parts.store().drop(blocks, parts.keys().publicKey()),
        () -> current().copies(),
        () -> hindrance(parts),
        parts.clock(),
        this::lost);
  }

  private @Nullable Stay hindrance(AgentParts parts) {
    if (!parts.store().health().isGood()) {
      return Stay.STORE;
    }
    if (device.pausing().isOn()) {
      return Stay.PAUSED;
    }
    if (departure.isUnderWay()) {
      return Stay.LEAVING;
    }
    return parts.phraseConfirmed().getAsBoolean() ? null : Stay.PHRASE;
  }

  /** Files by how safe they are. */
  AgentStatus.Safety safety() {
    int copies = current().copies();
    long stored = 0;
    long copied = 0;
    long lost = 0;
    for (FolderAgent folder : folders.all()) {
      Tally tally = device.catalog().tally(folder.id());
      stored += tally.stored();
      copied += tally.copiedAtLeast(copies);
      lost += tally.of(Reason.LOST);
    }
    boolean alone = copies == 0 || holders.others().isEmpty();
    return safety.of(stored, copied, lost, alone, device.clock().instant());
  }

  private static <T extends Closeable> T keep(Deque<Closeable> opened, T part) {
    opened.push(part);
    return part;
  }

  private AgentSettings current() {
    return Objects.requireNonNull(settings.get());
  }

  Device device() {
    return device;
  }

  AllHolders holders() {
    return holders;
  }

  HolderDirectories directories() {
    return holderDirectories;
  }

  Receipts receipts() {
    return receipts;
  }

  /** Like {@code device().anywhere()}, but what is fetched is not kept. */
  BlockSource fleeting() {
    return fleeting;
  }

  Folders folders() {
    return folders;
  }

  Listing listing() {
    return listing;
  }

  Tasks tasks() {
    return tasks;
  }

  Allowing allowing() {
    return allowing;
  }

  Removing removing() {
    return removing;
  }

  Keeping keeping() {
    return keeping;
  }

  WayBack wayBack() {
    return wayBack;
  }

  Checking checking() {
    return checking;
  }

  Pinning pinning() {
    return pinning;
  }

  Departure departure() {
    return departure;
  }

  Publishing publishing() {
    return publishing;
  }

  Recovering recovering() {
    return recovering;
  }

  void apply(AgentSettings changed) {
    settings.set(changed);
    device.replicator().holdersChanged();
    sweep.want();
    wayBack.settingsChanged();
    folders.all().forEach(FolderAgent::settingsChanged);
  }

  /**
   * Nothing more is begun; what runs ends where it may, or is left after a while, as by a kill. The
   * catalog is kept only if nobody can be using it any more.
   */
  @Override
  public void close() throws IOException {
    ticking.cancel(false);
    leave.stop();
    folders.stop();
    if (!worksEnd()) {
      LOG.warn("some work did not end in time; the next start looks at everything anew");
      device.catalog().abandon();
    }
    closeAll(open, null);
  }

  private boolean worksEnd() {
    try {
      return turnEnds() && errands.finish(PATIENCE, LIMIT) && turnEnds();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Waits until what was asked of the events thread is done; whether it was. */
  private boolean turnEnds() throws InterruptedException {
    try {
      events.submit(folders::answerAll).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      return true;
    } catch (TimeoutException | ExecutionException | RejectedExecutionException e) {
      LOG.warn("the agent's own thread did not come back", e);
      return false;
    }
  }

  /** In the reverse order of opening; a failure of one does not keep the others open. */
  private static void closeAll(Deque<Closeable> open, @Nullable Exception cause) {
    for (Closeable part : open) {
      try {
        part.close();
      } catch (IOException e) {
        LOG.warn("{} could not be closed: {}", part, e.getMessage());
        if (cause != null) {
          cause.addSuppressed(e);
        }
      }
    }
    open.clear();
  }

  private void tick() {
    try {
      obeyPause();
      publishing.tick();
      sweep.tick();
      directories.tick();
      refilling.tick();
      givingBack.tick();
      var _ = safety();
      wayBack.tick();
    } catch (RuntimeException e) {
      LOG.error("the agent's clockwork failed", e);
    }
  }

  /** Pauses until resumed when {@code time} is null. */
  void pause(@Nullable Duration time) throws IOException {
    device.pausing().pause(time);
    obeyPause();
  }

  void resume() throws IOException {
    device.pausing().resume();
    obeyPause();
  }

  /** A pause began, or was ended, or its time is over. */
  private synchronized void obeyPause() {
    boolean now = device.pausing().isOn();
    if (now == paused) {
      return;
    }
    paused = now;
    LOG.info("{}", now ? device.pausing().sentence() : "the pause is over");
    device.replicator().pause(now);
    if (!now) {
      publishing.soon();
    }
    folders.all().forEach(FolderAgent::retrySoon);
  }

  private void copiesCame() {
    sweep.want();
    givingBack.hurry();
    publishing.headMayBeKept();
  }

  private void hasEnoughCopies(FileKey key) {
    FolderAgent folder = folders.find(key.folder());
    if (folder != null) {
      folder.lookSoon(key.path());
    }
  }

  private void membersChanged() {
    members.refresh();
    holdersChanged();
  }

  private void holdersChanged() {
    device.replicator().holdersChanged();
    sweep.want();
  }

  private void connected(NodeId node) {
    members.refresh();
    reachable(node);
    publishing.soon();
  }

  private void reachable(NodeId holder) {
    device.replicator().connected(holder);
    sweep.want();
  }

  /** A holder's word for a block turned out to be worth nothing: it is to have it anew. */
  private void lost(NodeId holder, BlockAddress block) {
    try {
      receipts.withdraw(holder, List.of(block));
      device.replicator().wanted(List.of(block));
      sweep.recount();
    } catch (IOException e) {
      LOG.warn("that {} lost a block could not be noted: {}", holder.brief(), e.getMessage());
    }
  }

  private final class DirectoryHearing implements DirectoryHolders.Listener {
    @Override
    public void reachable(NodeId holder) {
      if (!leave.isStopping()) {
        Engine.this.reachable(holder);
        publishing.headMayBeKept();
      }
    }

    @Override
    public void lost(NodeId holder, BlockAddress block) {
      Engine.this.lost(holder, block);
    }
  }

  private final class Hearing implements NodeListener {
    @Override
    public void connected(NodeId node) {
      if (!leave.isStopping()) {
        Engine.this.connected(node);
      }
    }

    @Override
    public void disconnected(NodeId node) {
      LOG.debug("{} is not connected any more", node.brief());
    }

    @Override
    public BitSet handover(NodeId node, List<BlockAddress> addresses) {
      return leave.isStopping() ? new BitSet() : release.of(node, addresses);
    }

    @Override
    public void membersChanged() {
      if (!leave.isStopping()) {
        Engine.this.membersChanged();
      }
    }
  }
}
