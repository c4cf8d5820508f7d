package dotf.agent.folder;

import dotf.chunker.disk.FileStat;
import dotf.chunker.key.VaultId;

/** What came of restoring a file. Unless it says otherwise, the stub is as it was. */
public sealed interface RestoreOutcome {
  /**
   * The file is there, complete and verified, and its stub is gone.
   *
   * @param path inside the folder
   */
  record Restored(String path, FileStat stat) implements RestoreOutcome {}

  /** A file with the very same content was there already; the stub is gone. */
  record AlreadyThere(String path, FileStat stat) implements RestoreOutcome {}

  /** Another file has the name; this content was put beside it, and the stub is gone. */
  record Conflict(String path, FileStat stat) implements RestoreOutcome {}

  /** There is nothing of that name. */
  record Gone() implements RestoreOutcome {}

  /** It is ordinary content. */
  record NotAStub() implements RestoreOutcome {}

  /**
   * It begins as a stub and cannot be believed.
   *
   * @param reason a clause for people
   */
  record Damaged(String reason) implements RestoreOutcome {}

  /** A stub of another vault. */
  record Foreign(VaultId vault) implements RestoreOutcome {}

  /** The content does not fit above the reserve; figures in bytes. */
  record NoSpace(long needed, long available) implements RestoreOutcome {}

  /** No copy of some block can be had now. */
  record Missing(String reason) implements RestoreOutcome {}
}
