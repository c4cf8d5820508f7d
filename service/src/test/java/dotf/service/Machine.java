package dotf.service;

import static dotf.fixtures.Eventually.eventually;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One machine of a test: a home, a folder, and real processes of the program, run by the Java and
 * the class path of the test itself. Closing it leaves no process behind.
 */
final class Machine implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final List<String> JAVA =
      List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-Xmx256m",
          "-Xshare:auto",
          "-XX:+UseSerialGC",
          "-XX:TieredStopAtLevel=1",
          "-XX:-UsePerfData",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "dotf.service.Main");

  private final Path base;
  private @Nullable Process agent;

  private Machine(Path base) {
    this.base = base;
  }

  /** A machine below {@code base} whose home is not made yet. */
  static Machine bare(Path base) throws IOException {
    Files.createDirectories(base);
    return new Machine(base.toRealPath());
  }

  /** A machine with a home, short times, a free port, and an empty folder that is not added. */
  static Machine made(Path base) throws Exception {
    Machine machine = bare(base);
    machine.run("init").succeeded();
    machine.quicken();
    return machine;
  }

  /** Sets short times and a free port, in one go: each command costs the start of a process. */
  void quicken(String... lines) throws IOException {
    List<String> settings =
        new ArrayList<>(
            List.of("port = " + freePort(), "settle = \"300ms\"", "quarantine = \"2s\""));
    settings.addAll(List.of(lines));
    Files.write(home().resolve("dotf.toml"), settings);
    Files.createDirectories(folder());
  }

  Path home() {
    return base.resolve("home");
  }

  Path folder() {
    return base.resolve("Sync");
  }

  Path file(String name) {
    return folder().resolve(name);
  }

  Path stub(String name) {
    return folder().resolve(name + ".f");
  }

  Result run(String... command) throws IOException, InterruptedException {
    return feed("", command);
  }

  /** Runs one command with {@code input} on its standard input, until its end. */
  Result feed(String input, String... command) throws IOException, InterruptedException {
    Path out = Files.createTempFile(base, "out", "");
    Path err = Files.createTempFile(base, "err", "");
    Process process =
        process(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try (var stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException itDidNotWantIt) {
      // A command that refuses at once closes its input.
    }
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("no end within a minute: " + String.join(" ", command));
    }
    Result result =
        new Result(
            List.of(command), process.exitValue(), Files.readString(out), Files.readString(err));
    Files.delete(out);
    Files.delete(err);
    return result;
  }

  /** Starts the agent, and returns when it answers. */
  void start() throws IOException {
    Path log = base.resolve("agent.out");
    Process started = process("run").redirectErrorStream(true).redirectOutput(log.toFile()).start();
    agent = started;
    eventually(
        LIMIT,
        "the agent answers",
        () -> {
          if (!started.isAlive()) {
            throw new AssertionError("the agent ended: " + Files.readString(log));
          }
          return Files.readString(log).contains("dotf runs on");
        });
  }

  /** What the agent said in the foreground. */
  String said() throws IOException {
    return Files.readString(base.resolve("agent.out"));
  }

  /** Ends the agent as a power cut would, by SIGKILL. */
  void kill() {
    Process running = agent;
    if (running != null) {
      running.destroyForcibly();
      running.onExit().join();
      agent = null;
    }
  }

  void stop() throws IOException, InterruptedException {
    run("stop").succeeded();
    agent = null;
  }

  void add() throws IOException, InterruptedException {
    run("add", folder().toString(), "--yes").succeeded();
  }

  /** Returns when nothing can be done now, or fails with the reason. */
  void await() throws IOException, InterruptedException {
    run("wait", "--timeout", "50s").succeeded();
  }

  /** Waits for a stub in the place of each file. */
  void awaitStubs(Iterable<String> names) {
    for (String name : names) {
      eventually(
          LIMIT, "a stub of " + name, () -> Files.exists(stub(name)) && !Files.exists(file(name)));
    }
  }

  @Override
  public void close() throws IOException {
    kill();
    Path pid = home().resolve("agent.pid");
    if (Files.exists(pid)) {
      long id = Long.parseLong(Files.readString(pid).strip());
      // One that a command started in the background; the number may be another's by now.
      Path commandLine = Path.of("/proc", Long.toString(id), "cmdline");
      if (Files.exists(commandLine) && Files.readString(commandLine).contains(home().toString())) {
        ProcessHandle.of(id)
            .ifPresent(
                handle -> {
                  handle.destroyForcibly();
                  handle.onExit().join();
                });
      }
    }
  }

  private ProcessBuilder process(String... command) {
    List<String> words = new ArrayList<>(JAVA);
    words.addAll(List.of("--home", home().toString()));
    words.addAll(List.of(command));
    ProcessBuilder builder = new ProcessBuilder(words).directory(base.toFile());
    Map<String, String> environment = builder.environment();
    environment.put("CLASSPATH", System.getProperty("java.class.path"));
    environment.put("HOME", base.toString());
    environment.put("LC_ALL", "C.UTF-8");
    environment.remove("DOTF_HOME");
    return builder;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** How a command ended. */
  record Result(List<String> command, int code, String out, String err) {

    /** Fails unless the command did what it was asked to. */
    Result succeeded() {
      return ended(0);
    }

    Result ended(int expected) {
      if (code != expected) {
        throw new AssertionError(
            "%s ended with %d, not %d%n%s%s".formatted(command, code, expected, out, err));
      }
      return this;
    }

    /** Fails unless the command ended so, with one sentence for people. */
    Result refused(int expected) {
      ended(expected);
      if (err.strip().isEmpty() || err.lines().count() != 1 || err.contains("\tat ")) {
        throw new AssertionError("%s: not one sentence: %s".formatted(command, err));
      }
      return this;
    }
  }
}
