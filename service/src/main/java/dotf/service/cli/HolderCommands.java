package dotf.service.cli;

import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code holder add list remove}. */
@Command(
    name = "holder",
    description = "Directories on other disks that hold copies: add, list, remove.")
final class HolderCommands implements Callable<Integer> {
  private final Dotf dotf;

  @Spec private CommandSpec spec = CommandSpec.create();

  HolderCommands(Dotf dotf) {
    this.dotf = dotf;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "dotf holder needs one of: add DIR, list, remove DIR|ID");
  }

  @Command(
      name = "add",
      description = "Have a directory on another disk hold copies; says first what that will do.")
  Integer add(
      @Parameters(paramLabel = "DIR") String directory,
      @Option(names = "--yes", description = "do not ask, and do it also on the same disk")
          boolean yes)
      throws IOException {
    Path path = Dotf.absolute(directory);
    return send(
        Request.get("holders/preview").with("path", path),
        yes,
        "Hold copies there?",
        Request.post("holders").with("path", path));
  }

  @Command(name = "list", description = "List the directories that hold copies.")
  Integer list() throws IOException {
    return dotf.send(Request.get("holders"));
  }

  @Command(
      name = "remove",
      description = "Count a directory's copies no more; deletes nothing in it.")
  Integer remove(
      @Parameters(paramLabel = "DIR|ID") String holder,
      @Option(names = "--yes", description = "do not ask, and give up what is only there")
          boolean yes)
      throws IOException {
    String named = holder.matches("[0-9a-f]{8,64}") ? holder : Dotf.absolute(holder).toString();
    return send(
        Request.get("holders/removal").with("holder", named),
        yes,
        "Do without its copies?",
        Request.post("holders/remove").with("holder", named));
  }

  /**
   * Shows what would be done, asks where a person can answer, and does it; what a rule forbids
   * needs {@code --yes}.
   */
  private int send(Request preview, boolean yes, String question, Request request)
      throws IOException {
    // With --json the one document is that of the command itself.
    if (!dotf.json()) {
      int previewed = dotf.send(preview);
      if (previewed != 0) {
        return previewed;
      }
      if (!yes && dotf.screen().canAsk() && !dotf.screen().confirm(question, true)) {
        throw new CommandException(ExitCode.FAILED, "nothing was changed");
      }
    }
    return dotf.send(request.with("knowingly", yes));
  }
}
