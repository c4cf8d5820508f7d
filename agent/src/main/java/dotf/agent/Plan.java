package dotf.agent;

import dotf.agent.catalog.Reason;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.chunker.disk.FileStat;
import org.jspecify.annotations.Nullable;

/** What is to be done about one file now. */
sealed interface Plan {
  /** Nothing is known of it and nothing is there. */
  record Forget() implements Plan {}

  /** Its content is new or changed: store it. Its stub, if any, is of the version before. */
  record Store(FileStat file, @Nullable FileStat oldStub) implements Plan {}

  /**
   * Its content is stored; whether it may be replaced, the replacing rule says.
   *
   * @param leftover a stub of this very version that stands beside it, to be taken away
   */
  record Stay(FileStat file, @Nullable FileStat leftover) implements Plan {}

  /** A stub stands for it, as the journal says. */
  record Rest(FileStat stub, boolean bare) implements Plan {}

  /** A stub stands for it of which the journal does not know under this name. */
  record Adopt(FileStat stub, boolean bare, FileVersion version, @Nullable FileKey movedFrom)
      implements Plan {}

  /** The user deleted it. */
  record Delete() implements Plan {}

  /** Its stub has to be written, because it is damaged or, after a recovery, not there yet. */
  record WriteStub(@Nullable FileStat damaged) implements Plan {}

  /** It stays as it is, and is not even stored. */
  record Leave(FileStat entry, Reason reason) implements Plan {}
}
