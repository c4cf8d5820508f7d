package dotf.agent.folder;

import dotf.chunker.disk.FileStat;
import org.jspecify.annotations.Nullable;

/** What came of taking one version back. */
public sealed interface TakeBackOutcome {
  /**
   * Its stub is there.
   *
   * @param path of the file that the stub stands for: another than asked for when that was taken
   * @param stub the stub's figures
   * @param kept the path of the file that had its place, or of the file whose stub had it; null for
   *     none
   */
  record Back(String path, FileStat stub, @Nullable String kept) implements TakeBackOutcome {}

  /**
   * Nothing was touched.
   *
   * @param reason a clause for people
   */
  record LeftAlone(String reason) implements TakeBackOutcome {}
}
