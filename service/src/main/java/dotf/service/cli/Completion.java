package dotf.service.cli;

import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code completion}. */
@Command(name = "completion", description = "Print completions for a shell.")
final class Completion implements Callable<Integer> {
  private final Dotf dotf;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "bash|zsh|fish")
  private String shell = "";

  Completion(Dotf dotf) {
    this.dotf = dotf;
  }

  @Override
  public Integer call() throws IOException {
    CommandLine root = spec.root().commandLine();
    dotf.screen()
        .line(
            switch (shell) {
              // Zsh reads bash's once bashcompinit is loaded, which the script does itself.
              case "bash", "zsh" -> AutoComplete.bash("dotf", root);
              case "fish" -> fish(root);
              default ->
                  throw new CommandException(
                      ExitCode.USAGE, "completions are for bash, zsh or fish, not " + shell);
            });
    return 0;
  }

  private static String fish(CommandLine root) {
    return root.getSubcommands().entrySet().stream()
        .map(
            command ->
                "complete -c dotf -n __fish_use_subcommand -f -a %s -d '%s'"
                    .formatted(
                        command.getKey(),
                        command
                            .getValue()
                            .getCommandSpec()
                            .usageMessage()
                            .description()[0]
                            .replace("'", "\\'")))
        .collect(Collectors.joining("\n"));
  }
}
