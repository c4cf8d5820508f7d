package dotf.agent.holder;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.BlockSource;
import dotf.chunker.block.SealedBlock;
import dotf.dht.group.HeadRecord;
import dotf.dht.group.StoreId;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PublicKey;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One directory that holds blocks: what is known of it now, and calls to it that end in time
 * whatever its disk does. Safe for use by many threads.
 */
public final class DirectoryHolder {
  /** How long a refusal is told to whoever asks; it is renewed while blocks wait. */
  private static final Duration REFUSAL_TOLD = Duration.ofMinutes(2);

  private final NodeId id;
  private final StoreId store;
  private final Path path;
  private final BlockFiles files;
  private final Patience patience;
  private final InstantSource clock;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile Sight sight;
  private volatile @Nullable Refusal refusal;

  /**
   * What the last look found.
   *
   * @param volume null when the directory is not there
   * @param problem why it is not, or null
   */
  private record Sight(@Nullable Volume volume, @Nullable String problem) {}

  private record Refusal(String text, Instant at) {}

  DirectoryHolder(HolderLog.Entry entry, BlockFiles files, Patience patience, InstantSource clock) {
    this.id = entry.id();
    this.store = entry.store();
    this.path = entry.path();
    this.files = files;
    this.patience = patience;
    this.clock = clock;
    this.sight = new Sight(null, path + " has not been looked at yet");
  }

  /** The id that its receipts are signed with. */
  public NodeId id() {
    return id;
  }

  /** The directory, as it was when it was added. */
  public Path path() {
    return path;
  }

  /** Where in it the blocks are. */
  public Path blocks() {
    return path.resolve(BlockFiles.NAME);
  }

  /** The id of its blocks, which its receipts name. */
  public StoreId store() {
    return store;
  }

  /** Whether it was there when last looked at, which is at most some seconds ago. */
  public boolean isReachable() {
    return sight.problem() == null && !patience.isStuck();
  }

  /** Bytes free on its filesystem, or -1 when it is not there. */
  public long freeBytes() {
    Volume volume = sight.volume();
    return volume == null ? -1 : volume.space().available();
  }

  /** Bytes of its filesystem; 0 when it is not there. */
  long totalBytes() {
    Volume volume = sight.volume();
    return volume == null ? 0 : volume.space().total();
  }

  /** The filesystem that it is on, or null when it is not there. */
  public @Nullable Volume volume() {
    return sight.volume();
  }

  /** Why it cannot be reached, or takes no blocks, as a sentence; null when all is well. */
  public @Nullable String problem() {
    if (patience.isStuck()) {
      return patience.problem();
    }
    String away = sight.problem();
    Refusal refused = refusal;
    if (away == null && refused != null) {
      return clock.instant().isBefore(refused.at().plus(REFUSAL_TOLD)) ? refused.text() : null;
    }
    return away;
  }

  /** Looks whether it is there; true when it is and was not before. One look at a time. */
  boolean look() {
    if (patience.isStuck()) {
      sight = new Sight(null, patience.problem());
      return false;
    }
    if (!looking.compareAndSet(false, true)) {
      return false;
    }
    boolean before = isReachable();
    try {
      sight = new Sight(patience.call(_ -> files.look()), null);
    } catch (IOException e) {
      sight = new Sight(null, sentence(e));
    } finally {
      looking.set(false);
    }
    return !before && isReachable();
  }

  /** As {@link BlockFiles#put}. */
  BlockFiles.Placed put(List<BlockAddress> blocks, BlockSource source) throws IOException {
    try {
      BlockFiles.Placed placed = patience.call(step -> files.put(blocks, source, step));
      IOException stopped = placed.stopped();
      refusal = stopped == null || isOfSource(stopped) ? null : refusal(stopped);
      return placed;
    } catch (IOException e) {
      if (isOfSource(e)) {
        throw e;
      }
      Refusal refused = refusal(e);
      refusal = refused;
      look();
      throw new IOException(refused.text(), e);
    }
  }

  /** Whether it was the local store that could not give a block. */
  private static boolean isOfSource(IOException e) {
    return e instanceof BlockMissingException || e instanceof BlockCorruptException;
  }

  private Refusal refusal(IOException e) {
    String text = BlockFiles.text(e);
    return new Refusal(
        text.contains(path.toString()) ? text : path + " takes no blocks: " + text,
        clock.instant());
  }

  /** The sentence of a failure, which names the directory. */
  private String sentence(IOException e) {
    String text = BlockFiles.text(e);
    return text.contains(path.toString()) ? text : path + ": " + text;
  }

  /** As {@link BlockFiles#read}. */
  SealedBlock read(BlockAddress block) throws IOException {
    return patience.call(_ -> files.read(block));
  }

  void keepHead(HeadRecord head) throws IOException {
    patience.call(
        _ -> {
          files.keepHead(head);
          return head;
        });
  }

  List<HeadRecord> heads(PublicKey vault) throws IOException {
    return patience.call(_ -> files.heads(vault));
  }

  /**
   * Reads blocks past the kernel's cache where that can be, and checks their addresses.
   *
   * @return those that are there and whole; of the others none is
   * @throws IOException when the directory cannot be reached: that says nothing about its blocks
   */
  public Set<BlockAddress> audit(List<BlockAddress> blocks) throws IOException {
    return patience.call(step -> files.audit(blocks, step));
  }

  /**
   * Which of these blocks have a file here.
   *
   * @throws IOException when the directory cannot be reached: that says nothing about its blocks
   */
  public Set<BlockAddress> present(List<BlockAddress> blocks) throws IOException {
    return patience.call(step -> files.present(blocks, step));
  }
}
