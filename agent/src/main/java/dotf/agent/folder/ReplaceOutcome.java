package dotf.agent.folder;

import dotf.chunker.disk.FileStat;
import java.io.IOException;

/** What came of replacing a file by its stub. Unless it was replaced, the file is as it was. */
public sealed interface ReplaceOutcome {
  /** The stub stands for it; the original waits in the quarantine. */
  record Replaced(FileStat stub) implements ReplaceOutcome {}

  /** The stub's name belongs to something else, or will. */
  record NameTaken(String name) implements ReplaceOutcome {}

  /** A program has it open for writing; to be tried again. */
  record InUse() implements ReplaceOutcome {}

  /** It is no longer what was stored: to be stored again first. */
  record Changed() implements ReplaceOutcome {}

  /** There is no such file now. */
  record Gone() implements ReplaceOutcome {}

  /** It is never replaced. */
  record Refused(Obstacle obstacle) implements ReplaceOutcome {}

  /** The disk did not do what it should; to be tried again when that is mended. */
  record Failed(IOException cause) implements ReplaceOutcome {}
}
