package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.JournalFolder;
import dotf.agent.replica.Evicted;
import dotf.agent.replica.Evictor;
import dotf.agent.replica.Stay;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.manifest.StoredFile;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives disk space back: lets blocks of files go from the local store, when the user asks for it,
 * and by itself when the store nears its limit, the disk runs low, or a file waits for room. Whole
 * files go one after the other, so that as many as possible can still be opened while nobody else
 * is there; stubs first, since what stands on the disk as itself needs no blocks to be opened.
 * Manifests and the journal's blocks stay. The rule is {@link Evictor}'s.
 */
final class GivingBack {
  private static final Logger LOG = LoggerFactory.getLogger(GivingBack.class);
  private static final int PAGE = 512;
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** After a round that found nothing more to let go. */
  private static final Duration REST = Duration.ofMinutes(1);

  /** So much room is kept above the reserve, or a twentieth of a small disk's. */
  private static final long HEADROOM = 256L << 20;

  /** Given back at a time while files wait for room. */
  private static final long WAVE = 1L << 30;

  private final Device device;
  private final Pins pins;
  private Instant next = Instant.MIN;
  private boolean running;

  GivingBack(Device device, Pins pins) {
    this.device = device;
    this.pins = pins;
  }

  /** Called every second or so. */
  synchronized void tick() {
    Instant now = device.clock().instant();
    if (!running && !now.isBefore(next)) {
      running = true;
      device.blocking().execute(this::run);
    }
  }

  /** Copies were made: what could not go before may go now. */
  synchronized void hurry() {
    next = Instant.MIN;
  }

  private void run() {
    boolean enough = true;
    try {
      long wanted = wanted();
      enough = wanted <= 0 || giveBack(wanted).bytes() >= wanted;
    } catch (IOException | RuntimeException e) {
      LOG.warn("no space was given back: {}", e.getMessage());
    } finally {
      synchronized (this) {
        running = false;
        next = device.clock().instant().plus(enough ? PAUSE : REST);
      }
    }
  }

  /** Bytes that are to be given back now. */
  private long wanted() throws IOException {
    long limit = device.settings().get().storeLimit();
    long used = device.store().stats().diskBytes();
    long over = used > limit / 10 * 9 ? used - limit / 10 * 8 : 0;
    long low = Math.min(HEADROOM, device.space().total() / 20);
    long available = device.space().available();
    long lacking = available < low ? 2 * low - available : 0;
    return Math.max(filesWaitForRoom() ? WAVE : 0, Math.max(over, lacking));
  }

  private boolean filesWaitForRoom() {
    return device.journal().folders().stream()
        .anyMatch(folder -> device.catalog().tally(folder.id()).of(Reason.SPACE) > 0);
  }

  /**
   * Sees to it that so many bytes can be written, by letting blocks go if need be.
   *
   * @return whether something was given back
   */
  boolean makeRoom(long bytes) throws IOException {
    return device.evictor().hindrance() == null && giveBack(bytes).bytes() > 0;
  }

  /** Lets blocks of stubs go until so many bytes are given back, then those of other files. */
  private Evicted giveBack(long bytes) throws IOException {
    Stay all = device.evictor().hindrance();
    if (all != null) {
      LOG.debug("no space can be given back: {}", all.words());
      return Evicted.NOTHING;
    }
    Batches batches = new Batches(given -> given >= bytes);
    for (boolean stubs : new boolean[] {true, false}) {
      for (JournalFolder folder : device.journal().folders()) {
        walk(folder, stubs, batches);
      }
    }
    Evicted evicted = batches.finish();
    if (evicted.blocks() > 0) {
      LOG.info("{} blocks went, {}", evicted.blocks(), Space.text(evicted.bytes()));
    }
    return evicted;
  }

  private void walk(JournalFolder folder, boolean stubs, Batches batches) throws IOException {
    String after = "";
    List<Map.Entry<FileKey, Row>> page = device.catalog().page(folder.id(), "", after, PAGE);
    while (!page.isEmpty() && !batches.enough()) {
      for (Map.Entry<FileKey, Row> entry : page) {
        after = entry.getKey().path();
        Row row = entry.getValue();
        if (stubs == (row.state() == FileState.STUB)) {
          batches.add(row);
        }
      }
      page = device.catalog().page(folder.id(), "", after, PAGE);
    }
  }

  /** Lets the blocks of these files go, those that may. */
  Evicted of(List<Row> files, Progress progress) throws IOException {
    Batches batches = new Batches(_ -> false);
    long bytes = files.stream().mapToLong(Row::size).sum();
    long done = 0;
    for (int i = 0; i < files.size(); i++) {
      batches.add(files.get(i));
      done += files.get(i).size();
      progress.at(i + 1, files.size(), done, bytes);
    }
    return batches.finish();
  }

  /** Local blocks of files, handed on in batches. */
  private final class Batches {
    private final LongPredicate isEnough;
    private final Set<BlockAddress> pinned = pinned();
    private final Map<BlockAddress, Integer> batch = new LinkedHashMap<>();
    private Evicted evicted = Evicted.NOTHING;

    Batches(LongPredicate isEnough) throws IOException {
      this.isEnough = isEnough;
    }

    boolean enough() {
      return isEnough.test(evicted.bytes()) || device.leave().isStopping();
    }

    void add(Row file) throws IOException {
      BlockAddress hash = file.hash();
      if (hash == null || enough() || !device.store().contains(hash)) {
        return;
      }
      StoredFile stored = device.vault().manifests().read(hash, device.store());
      var chunks = device.vault().manifests().chunks(stored.manifest(), device.anywhere(), 0);
      for (var at = chunks.next(); at != null; at = chunks.next()) {
        add(at.chunk().address());
      }
    }

    private void add(BlockAddress block) throws IOException {
      int length = device.store().lengthOf(block);
      if (length == 0) {
        return;
      }
      if (pinned.contains(block)) {
        evicted = evicted.and(new Evicted(0, 0, Map.of(Stay.PINNED, 1L)));
        return;
      }
      batch.put(block, length);
      if (batch.size() == Evictor.BATCH_MAX) {
        send();
      }
    }

    private void send() throws IOException {
      if (!batch.isEmpty() && !device.leave().isStopping()) {
        evicted = evicted.and(device.evictor().evict(batch));
        batch.clear();
      }
    }

    Evicted finish() throws IOException {
      if (!enough()) {
        send();
      }
      return evicted;
    }
  }

  private Set<BlockAddress> pinned() throws IOException {
    Set<BlockAddress> pinned = new HashSet<>();
    for (Map.Entry<BlockAddress, String> pin : pins.all()) {
      StoredFile file = device.vault().manifests().read(pin.getKey(), device.anywhere());
      device.vault().manifests().blocks(file, device.anywhere(), pinned::add);
    }
    return pinned;
  }
}
