package dotf.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dotf.setup.ScriptRun.Ended;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private ScriptRun script;
  private Path user;

  @BeforeEach
  void setUp() throws IOException {
    script = ScriptRun.in(temporary);
    user = script.user();
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
        "--port 70000",
        "one two",
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

  private Ended setup(Map<String, String> environment, String... arguments) throws Exception {
    return script.run(environment, "", arguments);
  }

  private Path bareTools() throws IOException {
    Path bin = Files.createDirectory(temporary.resolve("bin"));
    for (String tool : TOOLS) {
      ScriptRun.program(
          bin.resolve(tool), "#!/bin/sh\nPATH=/usr/bin:/bin exec " + tool + " \"$@\"\n");
    }
    return bin;
  }
}
