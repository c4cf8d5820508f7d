package dotf.dht.store;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.BlockSink;
import dotf.chunker.block.ChunkId;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.Disk;
import dotf.dht.store.Batch.Item;
import dotf.dht.store.CommitQueue.Pending;
import dotf.dht.store.HostingRefusedException.Reason;
import dotf.dht.store.SegmentHeader.StoreId;
import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This node's blocks on disk: those of its own vault, and those held for others under a lease. What
 * a call has acknowledged survives a crash at any moment. Safe for use by many threads; no call
 * waits without a limit, and an interrupt ends a wait, never a write.
 */
public final class BlockStore implements BlockHost, BlockSink, Closeable {
  private static final Logger LOG = LoggerFactory.getLogger(BlockStore.class);
  private static final Duration CLOSE_LIMIT = Duration.ofMinutes(4);

  private final Directory directory;
  private final Closeable lock;
  private final StoreId id;
  private final SegmentFiles files;
  private final HeldBlocks held;
  private final SegmentWriter writer;
  private final BlockReader reader;
  private final DiskUse use;
  private final Limits limits;
  private final Reclaiming reclaiming;
  private final Dropping dropping;
  private final CommitQueue queue = new CommitQueue();
  private final Thread committer;
  private final ThreadLocal<List<Batch>> awaited = ThreadLocal.withInitial(ArrayList::new);
  private final Consumer<StoreHealth> alarm;
  private volatile StoreHealth health;

  private BlockStore(StoreOpening opened, Consumer<StoreHealth> alarm) {
    this.alarm = alarm;
    directory = opened.directory();
    lock = opened.lock();
    id = opened.store();
    files = opened.files();
    held = opened.held();
    use = opened.start().use();
    limits = new Limits(opened.settings(), use, held, queue);
    reclaiming = opened.reclaiming();
    dropping = new Dropping(queue, held, reclaiming);
    reader = new BlockReader(files, System::nanoTime);
    health = opened.suspect() ? StoreHealth.suspect() : StoreHealth.GOOD;
    writer =
        new SegmentWriter(
            directory, id, opened.settings(), files, held, opened.start(), this::healthChanged);
    committer = Thread.ofPlatform().daemon().name("dotf-store-commit").start(this::commitAll);
  }

  /**
   * Opens the store in a directory, which is made when it is missing; a new store gets a new id.
   *
   * @param alarm told when the disk fails; called on the committer's thread, must not block
   * @throws IOException when another process has it open, a newer dotf wrote it, it cannot be read,
   *     or the disk is too full to begin one
   */
  public static BlockStore open(
      Disk disk,
      Path directory,
      StoreSettings settings,
      RandomGenerator random,
      Consumer<StoreHealth> alarm)
      throws IOException {
    return new BlockStore(StoreOpening.run(disk, directory, settings, random), alarm);
  }

  /** The store's random identity, 16 bytes; a store made anew has another. */
  @Override
  public byte[] storeId() {
    return id.bytes();
  }

  /**
   * Whether the disk has kept its word so far; that it did not is remembered over restarts, until a
   * deep {@link #verify} finds nothing wrong.
   */
  public StoreHealth health() {
    return health;
  }

  /** Figures of what is durable. */
  public StoreStats stats() {
    Counts counts = held.counts();
    return new StoreStats(
        counts.blocks(),
        counts.bytes(),
        counts.hostedBlocks(),
        counts.hostedBytes(),
        held.all().size(),
        use.total());
  }

  /** Whether the block is durable here, own or hosted. */
  @Override
  public boolean contains(BlockAddress address) throws IOException {
    return held.of(address).place() != null;
  }

  @Override
  public @Nullable BlockAddress find(ChunkId chunk) throws IOException {
    Pending pending = queue.find(Id.of(chunk));
    if (pending != null) {
      remember(pending.batch());
      return pending.address();
    }
    BlockAddress found = held.find(chunk);
    return found == null || queue.isEnding(found) ? null : found;
  }

  /**
   * @throws StoreFullException when the store's limit is reached, or the disk is full
   */
  @Override
  public void put(SealedBlock block, @Nullable ChunkId chunk) throws IOException {
    checkWritable();
    Batch pending = queue.find(block.address());
    if (pending != null) {
      remember(pending);
    } else if (queue.isEnding(block.address()) || !held.of(block.address()).own()) {
      limits.checkLimit(block.size());
      remember(queue.add(Item.of(Entry.Type.OWN, block.address(), Id.of(chunk), 0, block.bytes())));
    }
  }

  /**
   * So that this thread's commit waits for it; what has failed meanwhile is thrown here already.
   */
  private void remember(Batch batch) throws IOException {
    List<Batch> batches = awaited.get();
    batches.removeIf(Batch::succeeded);
    int failed = 0;
    while (failed < batches.size() && !batches.get(failed).failed()) {
      failed++;
    }
    if (failed < batches.size()) {
      long _ = batches.remove(failed).await();
    }
    if (!batches.contains(batch)) {
      batches.add(batch);
    }
  }

  /**
   * Returns when every block put so far, by this thread or another, is on the disk.
   *
   * @throws StoreFullException when one of them did not fit: put it again later
   */
  @Override
  public void commit() throws IOException {
    List<Batch> batches = new ArrayList<>(awaited.get());
    awaited.remove();
    for (Batch batch : queue.unwritten()) {
      if (!batches.contains(batch)) {
        batches.add(batch);
      }
    }
    for (Batch batch : batches) {
      long _ = batch.await();
    }
  }

  @Override
  public SealedBlock read(BlockAddress address) throws IOException {
    return current(address, place -> reader.read(address, place));
  }

  /** Reads a block where it is now, though it may be dropped or written anew meanwhile. */
  private SealedBlock current(BlockAddress address, Reading reading) throws IOException {
    Held.Place place = held.of(address).place();
    while (true) {
      try {
        return reading.at(place);
      } catch (BlockCorruptException e) {
        Held.Place now = held.of(address).place();
        if (Objects.equals(now, place)) {
          throw e;
        }
        place = now;
      }
    }
  }

  private interface Reading {
    SealedBlock at(Held.@Nullable Place place) throws IOException;
  }

  /**
   * Like {@link #read}, but the bytes come from the disk, not from the kernel's memory: proof that
   * they are there. (The last 4 KiB may still be shared with a record that is being written.)
   */
  @Override
  public SealedBlock readFromDisk(BlockAddress address) throws IOException {
    return current(
        address,
        place -> {
          boolean sealed = place != null && place.segment() <= held.sealedSegments();
          return reader.readFromDisk(
              address, place, sealed ? Long.MAX_VALUE : writer.activeBytes());
        });
  }

  /**
   * Keeps blocks for an owner until a time; those already held, own ones too, only get the lease.
   * Durable on return. A lease that is already longer stays as long as it is.
   *
   * @param owner the owner's public vault key, 32 bytes
   * @return the number of the last commit that they are part of; it grows with every commit
   * @throws HostingRefusedException when the offer is used up or the store is full; blocks earlier
   *     in the list may have been kept
   */
  @Override
  public long putHosted(List<SealedBlock> blocks, byte[] owner, Instant until) throws IOException {
    long commit = putLeased(blocks, owner, until);
    List<SealedBlock> gone = new ArrayList<>();
    for (SealedBlock block : blocks) {
      if (!contains(block.address())) {
        gone.add(block);
      }
    }
    // These were dropped by others while only the lease was on its way.
    return gone.isEmpty() ? commit : putLeased(gone, owner, until);
  }

  private long putLeased(List<SealedBlock> blocks, byte[] owner, Instant until) throws IOException {
    List<Batch> batches = new ArrayList<>();
    for (SealedBlock block : blocks) {
      boolean there = contains(block.address());
      if (!there) {
        limits.checkOffer(block.size());
      }
      ByteBuffer payload = there ? ByteBuffer.allocate(0) : block.bytes();
      batches.add(addLease(block.address(), payload, owner, until));
    }
    return awaitHosted(batches);
  }

  /**
   * Prolongs the leases of blocks that are held already. Durable on return.
   *
   * @return as {@link #putHosted}
   * @throws BlockMissingException when one is not here; then none was prolonged, unless it was
   *     dropped meanwhile
   */
  @Override
  public long renew(List<BlockAddress> addresses, byte[] owner, Instant until) throws IOException {
    checkAllHere(addresses);
    List<Batch> batches = new ArrayList<>();
    for (BlockAddress address : addresses) {
      batches.add(addLease(address, ByteBuffer.allocate(0), owner, until));
    }
    long commit = awaitHosted(batches);
    checkAllHere(addresses);
    return commit;
  }

  private void checkAllHere(List<BlockAddress> addresses) throws IOException {
    for (BlockAddress address : addresses) {
      if (!contains(address)) {
        throw missing(address);
      }
    }
  }

  private Batch addLease(BlockAddress address, ByteBuffer payload, byte[] owner, Instant until)
      throws IOException {
    if (health.state() == StoreHealth.State.READ_ONLY) {
      throw new HostingRefusedException(Reason.FAILED, health.message());
    }
    Entry.Type type = payload.hasRemaining() ? Entry.Type.HOSTED : Entry.Type.LEASE;
    return queue.add(Item.of(type, address, Id.of(owner), millis(until), payload));
  }

  private static long millis(Instant until) {
    try {
      return until.toEpochMilli();
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("a lease cannot end at " + until, e);
    }
  }

  private long awaitHosted(List<Batch> batches) throws IOException {
    List<Batch> _ = queue.unwritten();
    long commit = 0;
    try {
      for (Batch batch : batches) {
        commit = Math.max(commit, batch.await());
      }
    } catch (StoreFullException e) {
      throw new HostingRefusedException(Reason.FULL, String.valueOf(e.getMessage()));
    }
    return commit;
  }

  private void checkWritable() throws IOException {
    if (health.state() == StoreHealth.State.READ_ONLY) {
      throw new IOException(health.message());
    }
  }

  /**
   * Writes a good copy of a block whose copy here is damaged. Durable on return.
   *
   * @throws BlockMissingException when the store has no record of it; then it can simply be put
   */
  @Override
  public void replaceDamaged(SealedBlock block) throws IOException {
    checkWritable();
    BlockAddress address = block.address();
    Held now = held.of(address);
    if (now.place() == null) {
      throw missing(address);
    }
    Item copy;
    if (now.own()) {
      copy = Item.of(Entry.Type.OWN, address, chunkOf(address), 0, block.bytes());
    } else {
      Map.Entry<Id, Long> lease = now.leases().entrySet().iterator().next();
      copy = Item.of(Entry.Type.HOSTED, address, lease.getKey(), lease.getValue(), block.bytes());
    }
    Batch batch = queue.add(copy);
    List<Batch> _ = queue.unwritten();
    long _ = batch.await();
  }

  /** The chunk id of an own block, {@link Id#NONE} when it has none. */
  private Id chunkOf(BlockAddress address) throws IOException {
    Id chunk = Id.NONE;
    for (Facts facts : held.all()) {
      for (Entry entry : facts.of(address)) {
        chunk = entry.type() == Entry.Type.OWN ? entry.id() : chunk;
      }
    }
    return chunk;
  }

  /**
   * Ends this vault's own claim on blocks; those that nobody else has a lease on are gone when this
   * returns, and their space is given back. Durable on return. Blocks that are not here, or not
   * own, are passed over. Whether a block may go is the caller's to know.
   *
   * @return the sealed bytes of the blocks that nobody claims any more
   * @throws StoreFullException when the disk has not even room to say so; blocks earlier in the
   *     list may be gone
   */
  public long drop(List<BlockAddress> addresses) throws IOException {
    return dropping.end(addresses, Id.NONE);
  }

  /** Like {@link #drop(List)}, and ends this owner's leases on them in the same commit. */
  public long drop(List<BlockAddress> addresses, byte[] owner) throws IOException {
    return dropping.end(addresses, Id.NONE, Id.of(owner));
  }

  @Override
  public long release(List<BlockAddress> addresses, byte[] owner) throws IOException {
    return dropping.end(addresses, Id.of(owner));
  }

  /** Sealed bytes of a block of this vault; 0 when it is not here, or only held for others. */
  public int lengthOf(BlockAddress address) throws IOException {
    Held now = held.of(address);
    Held.Place place = now.place();
    return now.own() && place != null ? place.length() : 0;
  }

  /** Tells every own block once, in address order, as of some moment during the call. */
  public void ownBlocks(Consumer<OwnBlock> consumer) throws IOException {
    new Listing(held).ownBlocks(consumer);
  }

  /** Tells every block and owner once, in address order, also of leases that have ended. */
  public void hostedBlocks(Consumer<HostedBlock> consumer) throws IOException {
    new Listing(held).hostedBlocks(consumer);
  }

  /**
   * Checks segments and index, telling each problem as it is found; a deep check reads every byte
   * of every record. A deep check without a finding lets a degraded store count as healthy again.
   */
  public void verify(boolean deep, Consumer<Problem> problems) throws IOException {
    boolean degraded = health.state() == StoreHealth.State.DEGRADED;
    long found = new StoreCheck(files, reader, held, problems).run(deep);
    if (deep && found == 0 && degraded) {
      trustAgain();
    }
  }

  /** Unless it failed again while it was verified. */
  private synchronized void trustAgain() throws IOException {
    if (health.state() == StoreHealth.State.DEGRADED) {
      SuspectMark.remove(directory);
      health = StoreHealth.GOOD;
      alarm.accept(health);
    }
  }

  /** Writes what is queued, and leaves the store as after a clean stop. */
  @Override
  public void close() throws IOException {
    queue.close();
    joinCommitter();
    reclaiming.run();
    try {
      writer.close();
      boolean settled = held.dead().settled(held.sealedSegments());
      CleanMark mark = held.close(files);
      if (settled) {
        writeMark(mark);
      }
    } finally {
      directory.close();
      lock.close();
    }
  }

  /** Without it the next start only takes longer. */
  private void writeMark(CleanMark mark) {
    try {
      mark.write(directory, id);
    } catch (IOException e) {
      LOG.warn("The next start reads all footers of the store: {}", e.getMessage());
    }
  }

  private void joinCommitter() throws IOException {
    try {
      if (!committer.join(CLOSE_LIMIT)) {
        throw new IOException("The disk under the store does not answer; it was not closed.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while closing the store");
    }
  }

  private void commitAll() {
    for (Batch batch = queue.next(); batch != null; batch = queue.next()) {
      try {
        checkWritable();
        long commit = writer.write(batch);
        queue.finished(batch);
        batch.succeed(commit);
      } catch (Throwable e) {
        queue.finished(batch);
        batch.fail(e);
      }
    }
  }

  private synchronized void healthChanged(StoreHealth now) {
    health = now;
    SuspectMark.leave(directory);
    alarm.accept(now);
  }

  private static BlockMissingException missing(BlockAddress address) {
    return new BlockMissingException(address, "Block " + address + " is not in the store.");
  }
}
