package dotf.service.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code allow}. */
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
}
