package dotf.service.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code trash undelete undo}. */
final class WayBackCommands {
  private WayBackCommands() {}

  @Command(name = "trash", description = "List what was deleted and can be brought back.")
  static final class Trash implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(
        arity = "0..1",
        paramLabel = "PATH",
        description = "a file or directory (default: all folders)")
    private @Nullable String path;

    Trash(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(
          Request.get("trash").with("path", path == null ? null : Dotf.absolute(path)));
    }
  }

  @Command(
      name = "undelete",
      description = "Bring deleted files back as stubs; a directory means all below it.")
  static final class Undelete implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(arity = "1..*", paramLabel = "PATH")
    private List<String> paths = List.of();

    Undelete(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.post("undelete").with("path", Dotf.absolute(paths)));
    }
  }

  @Command(
      name = "undo",
      description = "Take back the last burst of deletions or rewrites; again: the one before.")
  static final class Undo implements Callable<Integer> {
    private final Dotf dotf;

    @Option(names = "--dry-run", description = "list what would be brought back, and do nothing")
    private boolean dryRun;

    Undo(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(dryRun ? Request.get("undo") : Request.post("undo"));
    }
  }
}
