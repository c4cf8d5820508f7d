package dotf.agent.folder;

import dotf.chunker.disk.FileStat;
import dotf.chunker.manifest.StoredFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What came of storing a file. The file itself is as it was, in every case. */
public sealed interface StoreOutcome {
  /**
   * All of it is on the disk, was read back from there, and is equal.
   *
   * @param stat of the file, unchanged from before it was read until after
   * @param obstacle why it is never replaced by a stub; null when it may be
   */
  record Stored(StoredFile file, FileStat stat, @Nullable Obstacle obstacle)
      implements StoreOutcome {}

  /** A program has it open for writing; to be tried again. */
  record InUse() implements StoreOutcome {}

  /** It changed while it was read; to be tried again when it is quiet. */
  record Changed() implements StoreOutcome {}

  /** There is no such file now. */
  record Gone() implements StoreOutcome {}

  /** It is nothing that is stored: no regular file, or a stub of this vault. */
  record Refused(String reason) implements StoreOutcome {}

  /** Reading, storing or proving failed; to be tried again when that is mended. */
  record Failed(IOException cause) implements StoreOutcome {}
}
