package dotf.service.cli;

import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.setup.Home;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * The agent as a process in the background: by the user's service manager where the unit of this
 * home is installed, else as a process of its own session.
 */
final class Background {
  private static final int START_SECONDS = 300;
  private static final int STOP_SECONDS = 300;
  private static final long LOOK_MILLIS = 50;

  private final Dotf dotf;
  private final Screen screen;

  Background(Dotf dotf) throws IOException {
    this.dotf = dotf;
    this.screen = dotf.screen();
  }

  /** Starts the agent unless it runs, waits until it answers, and says on which port it listens. */
  int start() throws IOException, InterruptedException {
    Home home = dotf.home();
    AgentClient agent = dotf.agent();
    if (agent.agentRuns()) {
      if (dotf.json()) {
        return agent.send(Request.get("port"));
      }
      screen.line("the agent runs already");
      return 0;
    }
    Systemd systemd = new Systemd(System.getenv());
    Path output = home.log().resolve("start.log");
    Process process = systemd.manages(home) ? systemd.start() : spawn(home, output);
    boolean own = !systemd.manages(home);
    awaitAnswer(process, own, output);
    return dotf.agent().send(Request.get("port"));
  }

  /** Asks the agent to stop, waits until its process has ended, and says so. */
  int stop() throws IOException, InterruptedException {
    int stopped = end();
    if (stopped == 0 && dotf.json()) {
      screen.document(Map.of("stopped", true));
    } else if (stopped == 0) {
      screen.line("stopped");
    }
    return stopped;
  }

  /** Stops the agent if it runs, and starts it. */
  int restart() throws IOException, InterruptedException {
    int stopped = dotf.agent().agentRuns() ? end() : 0;
    return stopped != 0 ? stopped : start();
  }

  private int end() throws IOException, InterruptedException {
    ByteArrayOutputStream pid = new ByteArrayOutputStream();
    int asked = dotf.agent().send(Request.post("stop"), pid);
    if (asked != 0) {
      return asked;
    }
    Optional<ProcessHandle> process =
        ProcessHandle.of(Long.parseLong(pid.toString(StandardCharsets.US_ASCII).strip()));
    for (int second = 0; process.isPresent() && process.get().isAlive(); second++) {
      if (second == STOP_SECONDS) {
        throw new CommandException(
            ExitCode.LATER,
            "the agent (process " + process.get().pid() + ") still writes; see dotf log");
      }
      screen.progress("stopping, " + second + " s");
      awaitEnd(process.get());
    }
    screen.clearProgress();
    return 0;
  }

  private void awaitAnswer(Process process, boolean own, Path output)
      throws IOException, InterruptedException {
    long looks = START_SECONDS * 1000L / LOOK_MILLIS;
    for (long look = 0; look < looks; look++) {
      if (dotf.agent().agentRuns()) {
        screen.clearProgress();
        return;
      }
      boolean ended = process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      if (ended && (own || process.exitValue() != 0)) {
        throw new CommandException(ExitCode.FAILED, whyEnded(own, output));
      }
      if (ended) {
        // systemctl has done its part: from here on only time is left to wait for.
        Thread.sleep(LOOK_MILLIS);
      }
      screen.progress("starting, " + look * LOOK_MILLIS / 1000 + " s");
    }
    throw new CommandException(
        ExitCode.LATER, "the agent takes long to start; see how far it is with: dotf log");
  }

  private static String whyEnded(boolean own, Path output) throws IOException {
    if (!own) {
      return "the service did not start; see why with: systemctl --user status dotf";
    }
    List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
    return lines.isEmpty() ? "the agent did not start; see why with: dotf log" : lines.getLast();
  }

  private static Process spawn(Home home, Path output) throws IOException {
    List<String> command = new ArrayList<>();
    Stream.of("/usr/bin/setsid", "/bin/setsid")
        .filter(setsid -> Files.isExecutable(Path.of(setsid)))
        .findFirst()
        .ifPresent(command::add);
    command.addAll(launcher());
    command.addAll(List.of("--home", home.directory().toString(), "run"));
    return new ProcessBuilder(command)
        .directory(home.directory().toFile())
        .redirectInput(new File("/dev/null"))
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** What starts this program: the launcher that started us, else our own Java command. */
  private static List<String> launcher() {
    String launcher = System.getProperty("dotf.launcher");
    if (launcher != null) {
      return List.of(launcher);
    }
    return List.of(
        ProcessHandle.current()
            .info()
            .command()
            .orElse(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
        "-Xmx256m",
        "-XX:+UseSerialGC",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        System.getProperty("java.class.path"),
        "dotf.service.Main");
  }

  private static void awaitEnd(ProcessHandle process) throws InterruptedException {
    try {
      process.onExit().get(1, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException notYet) {
      // The caller looks again, and counts.
    }
  }
}
