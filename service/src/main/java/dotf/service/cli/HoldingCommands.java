package dotf.service.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code allow keep unkeep pause resume}. */
final class HoldingCommands {
  private HoldingCommands() {}

  @Command(name = "allow", description = "Let go on what dotf holds back, for a while.")
  static final class Allow implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(
        arity = "0..1",
        paramLabel = "PATH",
        description = "a file or directory (default: everything)")
    private @Nullable String path;

    @Option(
        names = "--for",
        paramLabel = "TIME",
        defaultValue = "10m",
        description = "how long, at most 24h (default: ${DEFAULT-VALUE})")
    private String time = "";

    Allow(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(
          Request.post("allow")
              .with("path", path == null ? null : Dotf.absolute(path))
              .with("seconds", Times.parse(time).toSeconds()));
    }
  }

  @Command(name = "keep", description = "Always have a file, or a directory, on this disk.")
  static final class Keep implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(paramLabel = "PATH")
    private String path = "";

    Keep(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.post("keep").with("path", Dotf.absolute(path)));
    }
  }

  @Command(name = "unkeep", description = "No longer always have it on this disk.")
  static final class Unkeep implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(paramLabel = "PATH")
    private String path = "";

    Unkeep(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.post("unkeep").with("path", Dotf.absolute(path)));
    }
  }

  @Command(
      name = "pause",
      description = "Store, send and replace nothing for a while; stubs open as always.")
  static final class Pause implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(
        arity = "0..1",
        paramLabel = "DURATION",
        description = "such as 30m or 2h (default: until dotf resume)")
    private @Nullable String time;

    Pause(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(
          Request.post("pause")
              .with("seconds", time == null ? null : Times.parse(time).toSeconds()));
    }
  }

  @Command(name = "resume", description = "Go on after a pause.")
  static final class Resume implements Callable<Integer> {
    private final Dotf dotf;

    Resume(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.post("resume"));
    }
  }
}
