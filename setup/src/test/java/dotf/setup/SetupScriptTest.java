package dotf.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The setup script as far as it goes without a built program. */
class SetupScriptTest {
  /** Enough for the script, and no Maven and no service manager. */
  private static final List<String> TOOLS =
      List.of(
          "bash",
          "sh",
          "cat",
          "dirname",
          "find",
          "grep",
          "head",
          "id",
          "mkdir",
          "readlink",
          "stat",
          "uname",
          "diff",
          "awk");

  @TempDir Path temporary;
  private Path user;

  @BeforeEach
  void setUp() throws IOException {
    user = Files.createDirectory(temporary.resolve("user"));
    // A repository of its own, in which nothing was built.
    for (String part : List.of("setup/steps", "setup/bin")) {
      Files.createDirectories(temporary.resolve(part));
      try (var files = Files.list(Path.of("..").resolve(part))) {
        for (Path file : (Iterable<Path>) files::iterator) {
          Files.copy(file, temporary.resolve(part).resolve(file.getFileName()));
        }
      }
    }
    Files.copy(Path.of("setup.sh"), temporary.resolve("setup/setup.sh"));
  }

  @Test
  void dryRun_namesEveryStepAndTouchesNothing() throws Exception {
    Ended ended = setup(Map.of(), user + "/My Sync", "--dry-run", "--port", "9000", "--keep");

    assertThat(ended.code()).as(ended.said()).isZero();
    assertThat(ended.said())
        .contains("== Build", "== Install", "== Home", "== Agent", "== Folder", "== Proof")
        .contains("would run: dotf config port 9000")
        .contains("dotf add " + user + "/My Sync --yes --keep");
    assertThat(user).isEmptyDirectory();
  }

  @Test
  void noMaven_saysHowToInstallItAndTouchesNothing() throws Exception {
    Ended ended = setup(Map.of("PATH", bareTools().toString()));

    assertThat(ended.code()).as(ended.said()).isEqualTo(1);
    assertThat(ended.said())
        .contains("dotf is built by Maven")
        .contains("install")
        .contains("maven");
    assertThat(user).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--frobnicate",
        "--port",
        "--port 70000",
        "--port x",
        "one two",
        "--restore",
        "--purge a",
        "--join",
      })
  void wrongUsage_isToldAndNothingHappens(String arguments) throws Exception {
    Ended ended = setup(Map.of(), arguments.split(" "));

    assertThat(ended.code()).as(ended.said()).isEqualTo(2);
    assertThat(ended.said()).startsWith("setup: ");
    assertThat(user).isEmptyDirectory();
  }

  @Test
  void joinFromStandardInput_withoutATicket_isWrongUsage() throws Exception {
    assertThat(setup(Map.of(), "--join", "-", "--dry-run").code()).isEqualTo(2);
  }

  @Test
  void uninstall_nothingInstalled_succeedsAndTouchesNothing() throws Exception {
    Ended ended = setup(Map.of(), "--uninstall");

    assertThat(ended.code()).as(ended.said()).isZero();
    assertThat(user).isEmptyDirectory();
  }

  @Test
  void uninstall_homeWithoutProgram_isRefusedBecauseNobodyKnowsItsStubs() throws Exception {
    Home home = Home.create(user.resolve(".dotf"));

    Ended ended = setup(Map.of(), "--uninstall", "--purge");

    assertThat(ended.code()).as(ended.said()).isEqualTo(77);
    assertThat(home.keys()).exists();
  }

  @Test
  void scripts_areCleanForShellcheck() throws Exception {
    Path shellcheck = Path.of("/usr/bin/shellcheck");
    assumeTrue(Files.isExecutable(shellcheck), "skipped: no shellcheck on this machine");
    List<String> command = new ArrayList<>(List.of(shellcheck.toString(), "-x", "setup/setup.sh"));
    command.addAll(List.of("setup/bin/dotf", "setup/bin/find-jdk.sh", ".ci/run"));

    Process process =
        new ProcessBuilder(command).directory(new File("..")).redirectErrorStream(true).start();

    assertThat(process.getInputStream().readAllBytes()).asString().isEmpty();
    assertThat(process.waitFor()).isZero();
  }

  private record Ended(int code, String said) {}

  private Ended setup(Map<String, String> environment, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("/bin/bash", temporary.resolve("setup/setup.sh").toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("DOTF_HOME");
    builder.environment().remove("XDG_CONFIG_HOME");
    builder.environment().put("HOME", user.toString());
    builder.environment().putAll(environment);
    builder.redirectInput(Path.of("/dev/null").toFile());
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), said);
  }

  private Path bareTools() throws IOException {
    Path bin = Files.createDirectory(temporary.resolve("bin"));
    for (String tool : TOOLS) {
      Path file = bin.resolve(tool);
      Files.writeString(file, "#!/bin/sh\nPATH=/usr/bin:/bin exec " + tool + " \"$@\"\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
    return bin;
  }
}
