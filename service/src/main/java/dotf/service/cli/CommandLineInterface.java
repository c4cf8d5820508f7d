package dotf.service.cli;

import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Printable;
import dotf.setup.Spelling;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses the command line and runs the command. */
public final class CommandLineInterface {
  private static final int BROKEN_PIPE = 141;
  private static final Map<String, Function<Dotf, Object>> COMMANDS = commands();

  private CommandLineInterface() {}

  /** Runs a command, shows what went wrong as one sentence, and returns the exit code. */
  public static int run(String... arguments) {
    return run(Screen.ofProcess(), arguments);
  }

  static int run(Screen screen, String... given) {
    String[] arguments = helped(given);
    Dotf dotf = new Dotf(screen);
    CommandLine line = commandLine(dotf, arguments);
    int code = line.execute(arguments);
    if (code != 0 && code != ExitCode.USAGE.number() && code != BROKEN_PIPE) {
      try {
        dotf.pointToLog();
      } catch (IOException e) {
        // The error itself has been told.
        return code;
      }
    }
    return code;
  }

  /** {@code help} and {@code help COMMAND} in the words of the options that say the same. */
  private static String[] helped(String[] given) {
    if (given.length == 0 || !given[0].equals("help")) {
      return given;
    }
    String[] arguments = Arrays.copyOfRange(given, 1, given.length + 1);
    arguments[given.length - 1] = "--help";
    return arguments;
  }

  /**
   * Only commands whose names appear among the arguments are looked at: reflecting on all of them
   * takes longer than most commands do. Without any, all are there for help and for suggestions.
   */
  private static CommandLine commandLine(Dotf dotf, String[] arguments) {
    CommandLine line = new CommandLine(dotf);
    for (String argument : arguments) {
      Function<Dotf, Object> command = COMMANDS.get(argument);
      if (command != null && !line.getSubcommands().containsKey(argument)) {
        line.addSubcommand(command.apply(dotf));
      }
    }
    if (line.getSubcommands().isEmpty() || line.getSubcommands().containsKey("completion")) {
      COMMANDS.forEach(
          (name, command) -> {
            if (!line.getSubcommands().containsKey(name)) {
              line.addSubcommand(command.apply(dotf));
            }
          });
    }
    Screen screen = dotf.screen();
    line.setOut(new PrintWriter(screen.output(), true, StandardCharsets.UTF_8));
    line.setUsageHelpAutoWidth(false);
    line.setUsageHelpWidth(Math.min(screen.width(), 100));
    line.setParameterExceptionHandler((e, args) -> wrongUsage(e, screen));
    line.setExecutionExceptionHandler((e, command, parsed) -> failed(e, screen));
    line.setExpandAtFiles(false);
    return line;
  }

  private static int wrongUsage(ParameterException e, Screen screen) throws IOException {
    CommandLine command = e.getCommandLine();
    String sentence = String.valueOf(e.getMessage());
    if (command.getParent() == null && sentence.startsWith("Missing required subcommand")) {
      screen.errorOutput().write(command.getUsageMessage().getBytes(StandardCharsets.UTF_8));
      return ExitCode.USAGE.number();
    }
    if (e instanceof MissingParameterException missing) {
      sentence =
          command.getCommandSpec().qualifiedName()
              + " needs "
              + missing.getMissing().stream()
                  .map(ArgSpec::paramLabel)
                  .collect(Collectors.joining(", "));
    }
    if (e instanceof UnmatchedArgumentException unmatched) {
      sentence =
          "dotf does not know "
              + String.join(" ", unmatched.getUnmatched())
              + Spelling.nearest(unmatched.getUnmatched().getFirst(), unmatched.getSuggestions())
                  .map(near -> "; did you mean " + near + "?")
                  .orElse("");
    }
    screen.error(
        Printable.of(sentence.strip().replaceFirst("^Error: ", ""))
            + " (see "
            + command.getCommandSpec().qualifiedName()
            + " --help)");
    return ExitCode.USAGE.number();
  }

  private static int failed(Exception failure, Screen screen) throws IOException {
    Exception e =
        failure instanceof UncheckedIOException io && io.getCause() != null
            ? io.getCause()
            : failure;
    if (e instanceof IOException && "Broken pipe".equals(e.getMessage())) {
      // Whoever read the output has had enough, as in: dotf ls | head
      return BROKEN_PIPE;
    }
    screen.clearProgress();
    screen.error(Printable.of(sentence(e)));
    return e instanceof CommandException ended ? ended.code().number() : ExitCode.FAILED.number();
  }

  private static String sentence(Exception e) {
    String message = e.getMessage();
    if (e instanceof FileSystemException file && file.getReason() != null) {
      return file.getFile() + ": " + file.getReason();
    }
    if (e instanceof IOException && "No space left on device".equals(message)) {
      return "a disk is full; free some space there, and run this again (df -h lists the disks)";
    }
    return e instanceof IOException && message != null
        ? message
        : "dotf met an error of its own (" + e + "); please report it";
  }

  private static Map<String, Function<Dotf, Object>> commands() {
    Map<String, Function<Dotf, Object>> all = new LinkedHashMap<>();
    all.put("init", HomeCommands.Init::new);
    all.put("phrase", HomeCommands.Phrase::new);
    all.put("run", AgentCommands.Run::new);
    all.put("start", AgentCommands.Start::new);
    all.put("stop", AgentCommands.Stop::new);
    all.put("restart", AgentCommands.Restart::new);
    all.put("status", AgentCommands.Status::new);
    all.put("log", AgentCommands.Log::new);
    all.put("doctor", CareCommands.Doctor::new);
    all.put("add", FolderCommands.Add::new);
    all.put("remove", FolderCommands.Remove::new);
    all.put("folders", FolderCommands.Folders::new);
    all.put("ls", FileCommands.Ls::new);
    all.put("why", FileCommands.Why::new);
    all.put("wait", FolderCommands.Wait::new);
    all.put("open", FileCommands.Open::new);
    all.put("restore", FileCommands.Restore::new);
    all.put("free", FileCommands.Free::new);
    all.put("cat", FileCommands.Cat::new);
    all.put("keep", HoldingCommands.Keep::new);
    all.put("unkeep", HoldingCommands.Unkeep::new);
    all.put("allow", HoldingCommands.Allow::new);
    all.put("pause", HoldingCommands.Pause::new);
    all.put("resume", HoldingCommands.Resume::new);
    all.put("trash", WayBackCommands.Trash::new);
    all.put("undelete", WayBackCommands.Undelete::new);
    all.put("undo", WayBackCommands.Undo::new);
    all.put("pins", PinCommands.Pins::new);
    all.put("pin", PinCommands.Pin::new);
    all.put("unpin", PinCommands.Unpin::new);
    all.put("where", PinCommands.Where::new);
    all.put("invite", NetworkCommands.Invite::new);
    all.put("join", NetworkCommands.Join::new);
    all.put("holder", HolderCommands::new);
    all.put("leave", NetworkCommands.Leave::new);
    all.put("peers", NetworkCommands.Peers::new);
    all.put("connect", NetworkCommands.Connect::new);
    all.put("verify", CareCommands.Verify::new);
    all.put("repair", CareCommands.Repair::new);
    all.put("config", CareCommands.Config::new);
    all.put("completion", Completion::new);
    return all;
  }
}
