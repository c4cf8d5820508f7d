package dotf.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class RightsAndMountsTest {
  private static final String[] WITHOUT_OVERRIDE = {
    "setpriv",
    "--bounding-set=-dac_override,-dac_read_search",
    "--inh-caps=-dac_override,-dac_read_search"
  };

  @TempDir Path root;

  @BeforeEach
  void makeFolder() throws IOException {
    Files.createDirectories(root.resolve("open"));
    Files.createDirectories(root.resolve("closed/inside"));
    Files.writeString(root.resolve("closed/file"), "x");
  }

  @AfterEach
  void openAgain() throws IOException {
    allow("rwx------");
  }

  @Test
  void unreadableDirectory_isUnknownAndUnwatched_notEmpty() throws Exception {
    allow("---------");
    List<String> command = new ArrayList<>();
    if (Files.isReadable(root.resolve("closed"))) {
      assumeTrue(
          runs("setpriv", "--version"), "skipped: root reads everything and there is no setpriv");
      command.addAll(List.of(WITHOUT_OVERRIDE));
    }
    String output = scanned(command);
    assertThat(output.lines())
        .contains("Directory closed", "Unknown closed: Permission denied", "COMPLETE")
        .contains("Unwatched[directory=closed, reason=Permission denied]")
        .doesNotContain("File closed/file");
  }

  @Test
  void mountsBelow_areUnknown_notEntered() throws Exception {
    String mounts =
        "mount -t tmpfs none open && mkdir open/other && mount --bind closed closed/inside";
    assumeTrue(
        runs("unshare", "-m", "sh", "-c", "cd " + root + " && " + mounts),
        "skipped: no right to mount");
    String script = "cd " + root + " && " + mounts + " && exec \"$@\"";
    String output = scanned(List.of("unshare", "-m", "sh", "-c", script, "sh"));
    assertThat(output.lines())
        .contains("Unknown open: another filesystem is mounted here")
        .contains("Unknown closed/inside: another filesystem is mounted here")
        .contains("File closed/file")
        .doesNotContain("Directory open/other");
  }

  @Test
  void watchesThatRunOut_areTold_andTheRestIsWatched() throws Exception {
    for (int i = 0; i < 20; i++) {
      Files.createDirectories(root.resolve("many/d" + i));
    }
    String limit = "echo 10 > /proc/sys/user/max_inotify_watches";
    assumeTrue(
        runs("unshare", "-U", "-r", "sh", "-c", limit), "skipped: no right to a user namespace");
    String script = limit + " && exec \"$@\"";
    String output = scanned(List.of("unshare", "-U", "-r", "sh", "-c", script, "sh"));
    assertThat(output.lines())
        .filteredOn(line -> line.startsWith("Unwatched") && line.contains("max_user_watches"))
        .hasSizeBetween(10, 20);
  }

  /** What {@link ScanInChild} prints, run by {@code prefix}. */
  private String scanned(List<String> prefix) throws Exception {
    List<String> command = new ArrayList<>(prefix);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(ScanInChild.class.getName(), root.toString()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
    return output;
  }

  private static boolean runs(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private void allow(String permissions) throws IOException {
    Files.setPosixFilePermissions(
        root.resolve("closed"), PosixFilePermissions.fromString(permissions));
  }
}
