package dotf.service.cli;

import dotf.service.api.ConfigRoutes;
import dotf.service.api.DoctorRoutes;
import dotf.service.api.Routes;
import dotf.setup.ConfigFile;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify repair doctor config}. */
final class CareCommands {
  private CareCommands() {}

  @Command(name = "verify", description = "Check stubs, catalog and store.")
  static final class Verify implements Callable<Integer> {
    private final Dotf dotf;

    @Option(names = "--deep", description = "read and open every block, and ask the holders")
    private boolean deep;

    Verify(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.post("verify").with("deep", deep ? "true" : null));
    }
  }

  @Command(name = "doctor", description = "Look for what usually goes wrong.")
  static final class Doctor implements Callable<Integer> {
    private final Dotf dotf;

    Doctor(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      Request request = Request.get("doctor");
      if (dotf.agent().agentRuns()) {
        return dotf.send(request);
      }
      Routes routes = new Routes();
      DoctorRoutes.add(routes, dotf.home(), System.getenv(), InstantSource.system(), null);
      return dotf.answerHere(request, routes);
    }
  }

  @Command(name = "repair", description = "Rewrite damaged stubs, fetch damaged blocks anew.")
  static final class Repair implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(arity = "0..*", paramLabel = "PATH", description = "(default: everything)")
    private List<String> paths = List.of();

    Repair(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.post("repair").with("path", Dotf.absolute(paths)));
    }
  }

  @Command(name = "config", description = "Show settings, or change one; the agent obeys at once.")
  static final class Config implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(index = "0", arity = "0..1", paramLabel = "KEY")
    private @Nullable String key;

    @Parameters(index = "1", arity = "0..1", paramLabel = "VALUE")
    private @Nullable String value;

    Config(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      Request request = value == null ? Request.get("config") : Request.post("config");
      request.with("key", key).with("value", value);
      if (dotf.agent().agentRuns()) {
        return dotf.send(request);
      }
      Routes routes = new Routes();
      ConfigRoutes.add(routes, new ConfigFile(dotf.home().configFile()), config -> {});
      return dotf.answerHere(request, routes);
    }
  }
}
