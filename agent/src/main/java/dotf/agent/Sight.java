package dotf.agent;

import dotf.agent.journal.FileVersion;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.disk.FileStat;
import org.jspecify.annotations.Nullable;

/**
 * What stands at a file's two names now, its own and {@code name.f}. Absence means that a clean
 * look at a healthy folder found nothing; anything else that fails is an exception, never absence.
 *
 * @param own content, or something special, at the file's own name; null for nothing or a directory
 * @param stub the file's stub, at either name; or null
 * @param nameTaken something else has the stub's name
 */
record Sight(@Nullable Standing own, @Nullable Standing stub, boolean nameTaken) {

  /** One directory entry, looked at. */
  sealed interface Standing {
    FileStat stat();
  }

  /** A file's content. */
  record Content(FileStat stat) implements Standing {}

  /**
   * An authentic stub of this vault.
   *
   * @param version what it stands for
   * @param bare it has the file's own name, without {@code .f}
   */
  record OwnStub(FileStat stat, FileVersion version, boolean bare) implements Standing {}

  /**
   * A stub of this vault whose seal does not hold.
   *
   * @param claim the manifest that it says it stands for, or null
   */
  record DamagedStub(FileStat stat, @Nullable BlockAddress claim) implements Standing {}

  /** A stub of another vault: content that is never replaced. */
  record ForeignStub(FileStat stat) implements Standing {}

  /** A link, a FIFO, a device. */
  record Special(FileStat stat) implements Standing {}
}
