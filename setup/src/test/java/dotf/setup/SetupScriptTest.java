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
import org.junit.jupiter.params.provider.CsvSource;
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
          "awk",
          "df",
          "ls",
          "sed",
          "tail");

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
        .contains(
            "== What will be done",
            "== Build",
            "== Install",
            "== Home",
            "== Agent",
            "== Folder",
            "== Proof")
        .contains("would set port to 9000")
        .contains("dotf add " + user + "/My Sync --keep");
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
  @CsvSource(
      delimiter = '|',
      value = {
        "ID=debian|sudo apt install openjdk-25-jdk-headless maven",
        "ID=pop,ID_LIKE=\"ubuntu debian\"|sudo apt install openjdk-25-jdk-headless maven",
        "ID=fedora|sudo dnf install java-25-openjdk-devel maven",
        "ID=rocky,ID_LIKE=\"rhel centos fedora\"|sudo dnf install java-25-openjdk-devel maven",
        "ID=arch|sudo pacman -S jdk25-openjdk maven",
        "ID=alpine|sudo apk add openjdk25 maven",
        "ID=opensuse-leap,ID_LIKE=\"suse opensuse\"|sudo zypper install java-25-openjdk-devel"
            + " maven",
        "ID=nixos|nix-env -iA nixos.jdk25 nixos.maven",
        "ID=plan9|https://adoptium.net",
      })
  void noJdk_getsTheCommandOfItsDistribution(String release, String command) throws Exception {
    Ended ended = setup(bareSystem(release, "apt-cache"), "Sync");

    assertThat(ended.code()).as(ended.said()).isEqualTo(1);
    assertThat(ended.said()).contains("JDK of version 25", command);
    assertThat(user).isEmptyDirectory();
  }

  @Test
  void noJdk_debianWithoutOne_getsACommandThatWorksThere() throws Exception {
    assertThat(setup(bareSystem("ID=debian")).said())
        .contains("sudo apt install curl zip unzip maven", "sdk install java 25-tem");
  }

  @Test
  void noJdk_besideMaven_mavenIsNotNamed() throws Exception {
    assertThat(setup(bareSystem("ID=arch", "mvn")).said())
        .contains("sudo pacman -S jdk25-openjdk\n");
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
    command.addAll(List.of("setup/bin/dotf", "setup/bin/find-jdk.sh", ".ci/run", "docs/walks.sh"));

    Process process =
        new ProcessBuilder(command).directory(new File("..")).redirectErrorStream(true).start();

    assertThat(process.getInputStream().readAllBytes()).asString().isEmpty();
    assertThat(process.waitFor()).isZero();
  }

  private Ended setup(Map<String, String> environment, String... arguments) throws Exception {
    return script.run(environment, "", arguments);
  }

  /** A system without a JDK. */
  private Map<String, String> bareSystem(String release, String... alsoThere) throws IOException {
    Path bin = bareTools();
    for (String tool : alsoThere) {
      ScriptRun.program(bin.resolve(tool), "#!/bin/sh\n");
    }
    Path system = temporary.resolve("system");
    Path etc = Files.createDirectories(system.resolve("etc"));
    Files.writeString(etc.resolve("os-release"), release.replace(',', '\n') + "\n");
    return Map.of("PATH", bin.toString(), "JAVA_HOME", "", "DOTF_ROOT", system.toString());
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
