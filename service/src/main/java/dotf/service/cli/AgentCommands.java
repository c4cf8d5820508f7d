package dotf.service.cli;

import dotf.service.daemon.Daemon;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.setup.Home;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run start stop restart status log}. */
final class AgentCommands {
  private AgentCommands() {}

  @Command(name = "run", description = "Run the agent in the foreground.")
  static final class Run implements Callable<Integer> {
    private final Dotf dotf;

    Run(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
      Home home = dotf.home();
      Screen screen = dotf.screen();
      try (Daemon daemon = Daemon.start(home, System.getenv(), Version.NUMBER)) {
        if (dotf.json()) {
          screen.document(Map.of("home", home, "port", daemon.port()));
        } else {
          screen.line("dotf runs on " + home + ", port " + daemon.port());
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(daemon), "signal"));
        daemon.awaitStop();
      }
      return 0;
    }

    /** A signal ends the process only when everything is written. */
    private static void end(Daemon daemon) {
      daemon.requestStop();
      try {
        daemon.awaitClosed();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Command(name = "start", description = "Start the agent in the background.")
  static final class Start implements Callable<Integer> {
    private final Dotf dotf;

    Start(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
      return new Background(dotf).start();
    }
  }

  @Command(name = "stop", description = "Stop the agent.")
  static final class Stop implements Callable<Integer> {
    private final Dotf dotf;

    Stop(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
      return new Background(dotf).stop();
    }
  }

  @Command(name = "restart", description = "Stop the agent and start it again.")
  static final class Restart implements Callable<Integer> {
    private final Dotf dotf;

    Restart(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
      return new Background(dotf).restart();
    }
  }

  @Command(
      name = "status",
      description = "One screen: folders, what is pending, how safe, space, peers.")
  static final class Status implements Callable<Integer> {
    private final Dotf dotf;

    Status(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.get("status"));
    }
  }

  @Command(name = "log", aliases = "logs", description = "Print the agent's log.")
  static final class Log implements Callable<Integer> {
    private final Dotf dotf;

    @Option(
        names = {"-f", "--follow"},
        description = "go on printing what is added")
    private boolean follow;

    Log(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
      if (follow && dotf.json()) {
        throw new CommandException(
            ExitCode.USAGE, "a log that is followed has no end, so it is no JSON document");
      }
      LogReader log = new LogReader(dotf.home().log(), dotf.screen());
      if (follow) {
        log.follow();
      } else if (dotf.json()) {
        dotf.screen().document(Map.of("file", log.file(), "lines", log.lines()));
      } else {
        log.print();
      }
      return 0;
    }
  }
}
