package dotf.service.cli;

import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code add remove folders wait}. */
final class FolderCommands {
  private FolderCommands() {}

  @Command(name = "add", description = "Watch a folder; says first what that will do.")
  static final class Add implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(paramLabel = "FOLDER")
    private String folder = "";

    @Option(names = "--keep", description = "store and send its files, never replace them")
    private boolean keep;

    @Option(
        names = "--trash-missing",
        description =
            "in the place of a folder that was lost: what is missing goes to the trash, instead of"
                + " coming back as stubs")
    private boolean trashMissing;

    @Option(names = "--yes", description = "do not ask")
    private boolean yes;

    @Option(names = "--dry-run", description = "say what would be done, and do nothing")
    private boolean dryRun;

    Add(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      Path path = Dotf.absolute(folder);
      String kept = keep ? "true" : null;
      // With --json the one document is that of the command itself.
      if (dryRun || !dotf.json()) {
        int previewed = dotf.send(Request.get("preview").with("path", path).with("keep", kept));
        if (previewed != 0 || dryRun) {
          return previewed;
        }
      }
      if (!yes && !dotf.json() && !dotf.screen().confirm("Watch this folder?", true)) {
        throw new CommandException(ExitCode.FAILED, "nothing was changed");
      }
      return dotf.send(
          Request.post("folders")
              .with("path", path)
              .with("keep", kept)
              .with("trashMissing", trashMissing ? "true" : null));
    }
  }

  @Command(name = "remove", description = "Stop watching a folder.")
  static final class Remove implements Callable<Integer> {
    private static final String QUESTION =
        "Bring all files back first (r), leave the stubs as they are (l), or change nothing (n)? ";

    private final Dotf dotf;

    @Parameters(paramLabel = "FOLDER")
    private String folder = "";

    @Option(names = "--restore", description = "bring all its files back first")
    private boolean restore;

    @Option(names = "--leave-stubs", description = "its stubs stay; dotf restore still knows them")
    private boolean leaveStubs;

    Remove(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      if (restore && leaveStubs) {
        throw new CommandException(
            ExitCode.USAGE, "--restore and --leave-stubs exclude each other; name one");
      }
      int code = send(restore ? "restore" : leaveStubs ? "leave" : null);
      boolean asks = code == ExitCode.REFUSED.number() && !restore && !leaveStubs;
      if (!asks || dotf.json() || !dotf.screen().canAsk()) {
        return code;
      }
      String answer = dotf.screen().ask(QUESTION);
      return switch (answer == null ? "" : answer.strip().toLowerCase(Locale.ROOT)) {
        case "r" -> send("restore");
        case "l" -> send("leave");
        default -> code;
      };
    }

    private int send(@Nullable String stubs) throws IOException {
      return dotf.send(
          Request.post("remove").with("path", Dotf.absolute(folder)).with("stubs", stubs));
    }
  }

  @Command(name = "folders", description = "List the watched folders.")
  static final class Folders implements Callable<Integer> {
    private final Dotf dotf;

    Folders(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.get("folders"));
    }
  }

  @Command(name = "wait", description = "Return when nothing can be done now.")
  static final class Wait implements Callable<Integer> {
    private final Dotf dotf;

    @Option(
        names = "--timeout",
        paramLabel = "TIME",
        defaultValue = "60s",
        description = "such as 90s, 10m, 2h (default: ${DEFAULT-VALUE})")
    private String timeout = "";

    Wait(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      Duration time = Times.parse(timeout);
      return dotf.send(Request.get("wait").with("millis", time.toMillis()));
    }
  }
}
