package dotf.setup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A copy of the setup script in a repository in which nothing was built, and a user whose home
 * directory is empty.
 */
record ScriptRun(Path repository, Path user) {
  /** How a run ended, and what it said on both outputs. */
  record Ended(int code, String said) {}

  static ScriptRun in(Path directory) throws IOException {
    Path repository = directory.resolve("repository");
    for (String part : List.of("setup/steps", "setup/bin")) {
      Files.createDirectories(repository.resolve(part));
      try (var files = Files.list(Path.of("..").resolve(part))) {
        for (Path file : (Iterable<Path>) files::iterator) {
          Files.copy(file, repository.resolve(part).resolve(file.getFileName()));
        }
      }
    }
    Files.copy(Path.of("setup.sh"), repository.resolve("setup/setup.sh"));
    return new ScriptRun(repository, Files.createDirectory(directory.resolve("user")));
  }

  /** Runs the script without a terminal. */
  Ended run(Map<String, String> environment, String input, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("/bin/bash", repository.resolve("setup/setup.sh").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("DOTF_HOME");
    builder.environment().remove("XDG_CONFIG_HOME");
    builder.environment().remove("XDG_RUNTIME_DIR");
    builder.environment().put("HOME", user.toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    try (var words = process.getOutputStream()) {
      words.write(input.getBytes(StandardCharsets.UTF_8));
    } catch (IOException notRead) {
      // A run that ends early reads nothing.
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), said);
  }

  /** Writes a program that can be run. */
  static void program(Path file, String text) throws IOException {
    Files.writeString(file, text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
