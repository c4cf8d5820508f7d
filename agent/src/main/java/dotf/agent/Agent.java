package dotf.agent;

import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Tally;
import dotf.agent.journal.JournalFolder;
import dotf.chunker.Checkpoint;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.manifest.StoredFile;
import dotf.dht.identity.NodeId;
import dotf.dht.store.StoreHealth;
import dotf.dht.store.StoreStats;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Everything a user can ask of one device: its folders, files, pins and copies. Paths are absolute;
 * a file may be named by its own path or by its stub's. Safe for use by many threads; calls that
 * touch files or peers block, so they belong on a virtual thread.
 *
 * <p>Failures: {@link RefusedException} when a safety rule forbids it, {@link NotFoundException}
 * when there is no such thing, {@link TryLaterException} when it may work later, another {@link
 * IOException} when it failed. Each message is a sentence for the user.
 */
public final class Agent implements Closeable {
  private static final long POLL_MILLIS = 100;

  /** So many looks in a row must find nothing to do: events take a moment to arrive. */
  private static final int STABLE_LOOKS = 4;

  private final Engine engine;

  private Agent(Engine engine) {
    this.engine = engine;
  }

  /**
   * Opens the agent of a home and begins to work.
   *
   * @throws IOException when the journal cannot be read, or another agent has the home
   */
  public static Agent open(AgentParts parts, AgentSettings settings) throws IOException {
    return new Agent(Engine.open(parts, settings));
  }

  /**
   * Notes in a new home that its vault existed before: the first folder is then filled from the
   * journal that the group's members keep.
   */
  public static void expectRecovery(Path home) throws IOException {
    Recovering.expect(home);
  }

  /** Figures of the whole agent, from running counters: cheap at any number of files. */
  public AgentStatus status() throws IOException {
    Settlement settlement = settlement();
    List<Tally> tallies = tallies();
    StoreStats store = engine.device().store().stats();
    long own = store.bytes() - store.hostedBytes();
    return new AgentStatus(
        settlement.settled(),
        engine.device().pausing().isOn(),
        engine.device().pausing().until(),
        engine.device().breaker().reason(engine.device().clock().instant()),
        waiting(settlement, tallies),
        folders(),
        engine.safety(),
        new AgentStatus.Space(
            sum(tallies, Tally::bytes),
            own,
            store.hostedBytes(),
            engine.device().journal().trashBytes(),
            Math.max(0, sum(tallies, Tally::stubBytes) - own)));
  }

  /** That the store's disk failed is said also while no file waits for it; a pause is no news. */
  private @Nullable String waiting(Settlement settlement, List<Tally> tallies) {
    StoreHealth health = engine.device().store().health();
    String reason = settlement.settled() ? null : reason(tallies);
    if (health.isGood()) {
      return reason;
    }
    return reason == null ? health.message() : health.message() + " " + reason;
  }

  /** The watched folders, and recovered ones that have no place yet. */
  public List<FolderStatus> folders() {
    List<FolderStatus> folders = new ArrayList<>();
    for (JournalFolder folder : engine.device().journal().folders()) {
      FolderAgent agent = engine.folders().find(folder.id());
      Tally tally = engine.device().catalog().tally(folder.id());
      folders.add(
          new FolderStatus(
              Path.of(folder.path()),
              folder.keep(),
              tally.files(),
              tally.stubs(),
              tally.pending() + tally.waiting(),
              tally.lingering(),
              tally.skipped() + tally.conflicts(),
              agent == null
                  ? unwatched(folder)
                  : agent.problem() == null ? agent.held() : agent.problem()));
    }
    return folders;
  }

  private static String unwatched(JournalFolder folder) {
    return folder.materialised()
        ? "not watched, its stubs were left: dotf restore brings files back, dotf add watches it"
        : "recovered, and without a place here: dotf add " + folder.path();
  }

  /** What {@link #addFolder} would do; changes nothing. Refuses what it would refuse. */
  public AddPreview previewAdd(Path folder, boolean keep) throws IOException {
    AddPreview preview = engine.folders().preview(folder);
    return keep ? preview.withoutStubs() : preview;
  }

  /**
   * Watches a folder from now on; one that a recovered journal knows is filled with its stubs. Of a
   * folder that is watched already only {@code keep} changes.
   *
   * @param keep store and send its files, never replace them
   */
  public void addFolder(Path folder, boolean keep) throws IOException {
    addFolder(folder, keep, false);
  }

  /**
   * As {@link #addFolder(Path, boolean)}. A directory in the place of a folder that was lost, or
   * one that such a folder was moved to, goes on as that folder.
   *
   * @param trashMissing what is missing in it goes to the trash; else it comes back as stubs
   */
  public void addFolder(Path folder, boolean keep, boolean trashMissing) throws IOException {
    engine.recovering().beforeAdding();
    engine.folders().add(folder, keep, trashMissing);
    engine.publishing().soon();
  }

  /**
   * Stops watching a folder. One that has stubs is refused, or its files are brought back first, or
   * the stubs are left: then each can still be restored, and adding the folder takes them up again.
   */
  public Removed removeFolder(Path folder, Removal how, Progress progress) throws IOException {
    Removed removed = engine.removing().remove(folder, how, progress);
    engine.publishing().soon();
    return removed;
  }

  /** Streams every file at or below {@code under} (null: all folders), in path order. */
  public void files(@Nullable Path under, Consumer<FileRow> rows) throws IOException {
    engine.listing().files(under, found -> rows.accept(engine.listing().row(found)));
  }

  /** Why a file is in the state it is in. */
  public Explanation why(Path path) throws IOException {
    return engine.listing().why(path);
  }

  /** Whether anything is left to do now. */
  public Settlement settlement() {
    List<Tally> tallies = tallies();
    long pending = sum(tallies, Tally::pending);
    long waiting = sum(tallies, Tally::waiting);
    boolean quiet = engine.folders().all().stream().allMatch(FolderAgent::isSettled);
    boolean settled = quiet && pending == 0 && waiting == 0 && isAllSent();
    return new Settlement(settled, pending, waiting, settled ? null : reasonWithPause(tallies));
  }

  /** Whether the members who are there have what a recovery needs, the journal's end included. */
  private boolean isAllSent() {
    return engine.holders().others().isEmpty()
        || (isPublished() && (holdersAreMissing() || engine.device().replicator().pending() == 0));
  }

  private boolean holdersAreMissing() {
    long reachable = engine.holders().others().stream().filter(engine.holders()::reachable).count();
    return reachable < engine.device().replicator().needed();
  }

  private @Nullable String reasonWithPause(List<Tally> tallies) {
    String pause = engine.device().pausing().sentence();
    String reason = reason(tallies);
    if (pause == null || reason == null) {
      return pause == null ? reason : pause;
    }
    return pause + "; " + reason;
  }

  /** What is waited for, but for the end of a pause. */
  private @Nullable String reason(List<Tally> tallies) {
    List<String> words = new ArrayList<>();
    boolean paused = engine.device().pausing().isOn();
    for (Reason reason : Reason.values()) {
      long count = sum(tallies, tally -> tally.waitingFor(reason));
      if (count > 0) {
        words.add(count + (count == 1 ? " file: " : " files: ") + reason.words());
      }
    }
    String copies = engine.device().replicator().waitsFor();
    if (!paused && copies != null && sum(tallies, tally -> tally.of(Reason.COPIES)) > 0) {
      words.add(copies);
    }
    if (!words.isEmpty()) {
      return String.join("; ", words);
    }
    if (paused) {
      return null;
    }
    return isAllSent()
        ? "looking at what changed"
        : copies == null ? "the journal is on its way to the other holders" : copies;
  }

  /**
   * Returns once settled, at the time-out, or when nothing is left but files that wait for copies
   * which cannot be made now, for a sound store, for the end of a pause, or for the user's word.
   *
   * @param looks hears of every look on the way, several times a second
   */
  public Settlement await(Duration timeout, Consumer<Settlement> looks)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    int stable = 0;
    while (true) {
      Settlement now = settlement();
      looks.accept(now);
      stable = now.settled() || isStuck(now) ? stable + 1 : 0;
      if (!now.settled() && now.pending() == 0 && !isPublished()) {
        engine.publishing().soon();
      }
      if (stable >= STABLE_LOOKS || System.nanoTime() >= deadline) {
        return now;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private boolean isStuck(Settlement now) {
    if (engine.device().pausing().isOn()) {
      return now.pending() + now.waiting() > 0 || !isAllSent();
    }
    long copies = sum(tallies(), tally -> tally.of(Reason.COPIES));
    long store = sum(tallies(), tally -> tally.of(Reason.STORE));
    long held = sum(tallies(), tally -> tally.of(Reason.HELD));
    return now.pending() == 0
        && now.waiting() == copies + store + held
        && ((copies == 0 && isAllSent()) || holdersAreMissing())
        && engine.folders().all().stream().allMatch(FolderAgent::isSettled);
  }

  /**
   * Brings files back; a directory means all below it. A stub outside all folders works too.
   *
   * @param to an existing directory to put them into instead, or null: beside their stubs
   */
  public Outcome restore(List<Path> paths, @Nullable Path to, Progress progress)
      throws IOException {
    return engine.tasks().restore(paths, to, progress);
  }

  /** Brings every file of every folder back. */
  public Outcome restoreAll(@Nullable Path to, Progress progress) throws IOException {
    return engine.tasks().restoreAll(to, progress);
  }

  /** Streams what was deleted at or below {@code under} (null: all folders), the last first. */
  public void trash(@Nullable Path under, Consumer<TrashRow> rows) throws IOException {
    engine.wayBack().trash(under, rows);
  }

  /** Brings deleted files back as stubs; a directory means all below it. */
  public WayBackOutcome undelete(List<Path> paths, Progress progress) throws IOException {
    return engine.wayBack().undelete(paths, progress);
  }

  /** What {@link #undo} would take back now. */
  public LastBurst lastBurst() throws IOException {
    return engine.wayBack().preview();
  }

  /**
   * Takes back the last burst of deletions and rewrites made here, or the one that is held: each
   * file's version before comes back as a stub, what was written since is kept beside it.
   */
  public WayBackOutcome undo(Progress progress) throws IOException {
    return engine.wayBack().undo(progress);
  }

  /** What was deleted or rewritten in the last day, and how to take it back; null for no news. */
  public @Nullable String notice() {
    return engine.wayBack().notice();
  }

  /**
   * Replaces files by stubs now, {@code linger} and {@code stub.min} notwithstanding, and lets
   * their blocks go from this machine wherever enough others hold them.
   */
  public Freed free(List<Path> paths, Progress progress) throws IOException {
    return engine.tasks().free(paths, progress);
  }

  /**
   * Stores, sends and replaces nothing more until {@link #resume}; what is under way ends. Opening
   * and restoring go on.
   *
   * @param time after which that ends by itself; null for no end
   */
  public void pause(@Nullable Duration time) throws IOException {
    engine.pause(time);
  }

  /** Goes on after a pause. */
  public void resume() throws IOException {
    engine.resume();
  }

  /**
   * Has a file, or everything below a directory, on this disk from now on, and brings back what is
   * a stub: a line in its folder's {@code .dotfkeep}.
   */
  public KeepAnswer keep(Path path, Progress progress) throws IOException {
    return engine.keeping().keep(path, progress);
  }

  /** Takes that line away again; what another rule keeps is refused, or said. */
  public KeepAnswer unkeep(Path path) throws IOException {
    return engine.keeping().unkeep(path);
  }

  /**
   * Lets what dotf holds back until a person has looked go on for a while: stubs that a program
   * opens one after the other are restored, and those that were held are brought back.
   *
   * @param under a file or directory of a watched folder; null for everything
   */
  public Allowed allow(@Nullable Path under, Duration time) throws IOException {
    return engine.allowing().allow(under, time);
  }

  /**
   * Writes a stored file's content from {@code from} (included) to {@code to} (excluded; at most
   * the file's size counts); nothing is written to disk and only the blocks of the range are
   * fetched.
   */
  public void cat(Path path, long from, long to, OutputStream out) throws IOException {
    BlockAddress hash = engine.listing().hash(path);
    StoredFile file = engine.device().vault().manifests().read(hash, engine.fleeting());
    long end = Math.min(to, file.size());
    if (from < 0 || from > end) {
      throw new NotFoundException(
          "%s has %d bytes; there is no range from %d to %d"
              .formatted(path, file.size(), from, to));
    }
    WritableByteChannel channel = Channels.newChannel(out);
    engine
        .device()
        .vault()
        .assembler()
        .assemble(
            file.manifest(),
            engine.fleeting(),
            from,
            end,
            (bytes, position) -> {
              while (bytes.hasRemaining()) {
                channel.write(bytes);
              }
            },
            Checkpoint.NONE);
    out.flush();
  }

  /** Streams the pinned hashes: files' own, then the user's. */
  public void pins(boolean blocks, Consumer<PinRow> rows) throws IOException {
    engine.listing().pins(blocks, rows);
  }

  /** Promises that a hash stays available here; fetches what is missing. */
  public PinRow pin(BlockAddress hash) throws IOException {
    return engine.pinning().pin(hash, "");
  }

  /** Pins the present version of a file. */
  public PinRow pin(Path path) throws IOException {
    Listing.Found found = engine.listing().find(path);
    return engine.pinning().pin(engine.listing().hash(path), found.key().path());
  }

  /** Takes a user's pin back; refuses for a file's own. */
  public void unpin(BlockAddress hash) throws IOException {
    engine.pinning().unpin(hash);
  }

  /** How many of our blocks each other node has signed for. */
  public Map<NodeId, Long> heldForUs() {
    return engine.receipts().blocksByHolder();
  }

  /** The directories that hold blocks, beside the other nodes. */
  public HolderDirectories directories() {
    return engine.directories();
  }

  /** What this machine holds for the other vaults of its group. */
  public HandingOver heldForOthers() throws IOException {
    return engine.departure().held();
  }

  /**
   * Hands over what this machine holds for others, and leaves the group for one of its own; in such
   * a one it does nothing.
   *
   * @param timeout how long the others are waited for
   * @param regardless go even when it is over and some of them have not enough copies
   * @param home hears of our own blocks as they come home
   * @param looks hears of every look on the way, once a second; what it throws calls all off
   */
  public HandingOver leave(
      Duration timeout, boolean regardless, Progress home, Consumer<HandingOver> looks)
      throws IOException, InterruptedException {
    return engine.departure().leave(timeout, regardless, home, looks);
  }

  /** What it would mean here to remove a node from the group. */
  public RemovalPreview previewRemoval(NodeId node) throws IOException {
    return RemovalPreview.of(node, engine.device(), engine.receipts());
  }

  /** Which nodes hold a file. */
  public Holding where(Path path) throws IOException {
    return engine.listing().where(path);
  }

  /** Which nodes hold what a hash stands for, such as one that the user pinned. */
  public Holding where(BlockAddress hash) throws IOException {
    return engine.listing().where(null, hash);
  }

  /**
   * Checks stubs, catalog and store; with {@code deep} reads and opens every block.
   *
   * @param problems hears of each problem as it is found
   */
  public Verification verify(boolean deep, Consumer<Problem> problems) throws IOException {
    return engine.checking().verify(deep, problems);
  }

  /** Rewrites damaged stubs and fetches damaged blocks anew; an empty list means everything. */
  public Outcome repair(List<Path> paths, Progress progress) throws IOException {
    return engine.checking().repair(paths, progress);
  }

  /** Obeys changed settings from now on. */
  public void apply(AgentSettings settings) {
    engine.apply(settings);
  }

  /**
   * Fetches the journals that this vault's other devices left with the group's members, and takes
   * them over; {@link #addFolder} then fills a folder again, and does this by itself in a home that
   * expects it.
   *
   * @return how many files were found
   */
  public long recover() throws IOException {
    return engine.recovering().recover();
  }

  /** Whether everything the journal says is in published batches, for a recovery to find. */
  public boolean isPublished() {
    return engine.publishing().isDone();
  }

  /** Ends all work, each file left in a state that the next start understands. */
  @Override
  public void close() throws IOException {
    engine.close();
  }

  private List<Tally> tallies() {
    return engine.folders().all().stream()
        .map(folder -> engine.device().catalog().tally(folder.id()))
        .toList();
  }

  private static long sum(List<Tally> tallies, java.util.function.ToLongFunction<Tally> figure) {
    return tallies.stream().mapToLong(figure).sum();
  }
}
