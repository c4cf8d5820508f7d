package dotf.service.cli;

import dotf.service.api.Routes;
import dotf.service.daemon.LogFiles;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Terminal.Detail;
import dotf.setup.Home;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The command {@code dotf}: what all its commands share. */
@Command(
    name = "dotf",
    description = "Folders whose files become small stubs, kept safe by your own machines.",
    version = Version.LINE,
    scope = ScopeType.INHERIT,
    sortOptions = false)
final class Dotf {
  private final Screen screen;

  @Option(
      names = "--home",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      description = "where all state is (default: $$DOTF_HOME, else ~/.dotf)")
  private @Nullable String home;

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "print one JSON document")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "print nothing but errors")
  private boolean quiet;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "say more: whole hashes and ids, every reason")
  private boolean verbose;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "show this help")
  @SuppressWarnings("UnusedVariable") // picocli looks at it
  private boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      scope = ScopeType.INHERIT,
      description = "print the version")
  @SuppressWarnings("UnusedVariable") // picocli looks at it
  private boolean versionAsked;

  Dotf(Screen screen) {
    this.screen = screen;
  }

  Screen screen() {
    if (quiet || verbose) {
      screen.say(quiet ? Detail.QUIET : Detail.FULL);
    }
    return screen;
  }

  boolean json() {
    return json;
  }

  /** Tells whoever wants to know more where the rest of an error is. */
  void pointToLog() throws IOException {
    Path directory = homeDirectory();
    if (verbose && Home.exists(directory)) {
      screen.error("the agent's log: " + Home.open(directory).log().resolve(LogFiles.NAME));
    }
  }

  /** Where the home is or is to be. */
  Path homeDirectory() throws IOException {
    return Home.locate(home, System.getenv());
  }

  /** The home, which must be there. */
  Home home() throws IOException {
    Path directory = homeDirectory();
    if (!Home.exists(directory)) {
      throw new CommandException(
          ExitCode.NO_AGENT, "there is no home in " + directory + "; make one with: dotf init");
    }
    return Home.open(directory);
  }

  AgentClient agent() throws IOException {
    return new AgentClient(home().socket(), screen(), json);
  }

  /** Sends a request to the agent, copies the answer, and returns its exit code. */
  int send(Request request) throws IOException {
    return agent().send(request);
  }

  /** Has the routes answer in this process, as the agent would. */
  int answerHere(Request request, Routes routes) {
    return routes
        .answer(
            request.method(),
            request.route(),
            request.parameters(),
            json,
            screen().terminal(),
            screen().output(),
            screen().errorOutput())
        .number();
  }

  /** What the user typed as a path, made absolute; nothing is looked up on the disk. */
  static Path absolute(String path) throws CommandException {
    try {
      return Path.of(path).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new CommandException(ExitCode.USAGE, "this name cannot be a file's: " + e.getInput());
    }
  }

  static List<Path> absolute(List<String> paths) throws CommandException {
    List<Path> all = new java.util.ArrayList<>();
    for (String path : paths) {
      all.add(absolute(path));
    }
    return all;
  }
}
