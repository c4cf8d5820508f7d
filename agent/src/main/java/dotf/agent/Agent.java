package dotf.agent;

import dotf.chunker.block.BlockAddress;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
@SuppressWarnings("DoNotCallSuggester")
public final class Agent implements Closeable {

  /** Figures of the whole agent, from running counters: cheap at any number of files. */
  public AgentStatus status() throws IOException {
    throw new UnsupportedOperationException();
  }

  /** The watched folders. */
  public List<FolderStatus> folders() throws IOException {
    throw new UnsupportedOperationException();
  }

  /** What {@link #addFolder} would do; changes nothing. Refuses what it would refuse. */
  public AddPreview previewAdd(Path folder, boolean keep) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Watches a folder from now on; one that a recovered journal knows is filled with its stubs.
   *
   * @param keep store and send its files, never replace them
   */
  public void addFolder(Path folder, boolean keep) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Streams every file at or below {@code under} (null: all folders), in path order. */
  public void files(@Nullable Path under, Consumer<FileRow> rows) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Why a file is in the state it is in. */
  public Explanation why(Path path) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Whether anything is left to do now. */
  public Settlement settlement() throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Returns once settled, once files wait only for copies, or at the time-out. */
  public Settlement await(Duration timeout) throws IOException, InterruptedException {
    throw new UnsupportedOperationException();
  }

  /**
   * Brings files back; a directory means all below it. A stub outside all folders works too.
   *
   * @param to an existing directory to put them into instead, or null: beside their stubs
   */
  public Outcome restore(List<Path> paths, @Nullable Path to, Progress progress)
      throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Brings every file of every folder back. */
  public Outcome restoreAll(@Nullable Path to, Progress progress) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Replaces files by stubs now, {@code linger} and {@code stub.min} notwithstanding. */
  public Outcome free(List<Path> paths, Progress progress) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Writes a file's content from {@code from} (included) to {@code to} (excluded; at most the
   * file's size counts); nothing is written to disk and only the blocks of the range are fetched.
   */
  public void cat(Path path, long from, long to, OutputStream out) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Streams the pinned hashes: files' own, then the user's. */
  public void pins(boolean blocks, Consumer<PinRow> rows) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Promises that a hash stays available here; fetches what is missing. */
  public PinRow pin(BlockAddress hash) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Pins the present version of a file. */
  public PinRow pin(Path path) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Takes a user's pin back; refuses for a file's own. */
  public void unpin(BlockAddress hash) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Which nodes hold a file. */
  public Holding where(Path path) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Checks stubs, catalog and store; with {@code deep} reads and opens every block.
   *
   * @param problems hears of each problem as it is found
   */
  public Verification verify(boolean deep, Consumer<Problem> problems) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Rewrites damaged stubs and fetches damaged blocks anew; an empty list means everything. */
  public Outcome repair(List<Path> paths, Progress progress) throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Obeys changed settings from now on. */
  public void apply(AgentSettings settings) throws IOException {
    throw new UnsupportedOperationException();
  }

  /**
   * Fetches the journal of this vault from the group's members and takes it as this device's own;
   * does nothing when this device already has one. {@link #addFolder} then fills a folder again.
   *
   * @return how many files were found
   */
  public long recover() throws IOException {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() throws IOException {
    throw new UnsupportedOperationException();
  }
}
