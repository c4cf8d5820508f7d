package dotf.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceFilesTest {
  @TempDir Path temporary;

  @Test
  void systemdUnit_namesTheLauncherTheHomeAndALocaleWithAllLetters() {
    assertThat(ServiceFiles.systemdUnit(Path.of("/a/bin/dotf"), Path.of("/h/.dotf")))
        .contains("ExecStart=\"/a/bin/dotf\" --home \"/h/.dotf\" run\n")
        .contains("Environment=LC_ALL=C.UTF-8\n")
        .contains("Restart=on-failure\n");
  }

  @Test
  void systemdUnit_oddPaths_areQuotedForSystemd() {
    assertThat(ServiceFiles.systemdUnit(Path.of("/a b/dotf"), Path.of("/100%/$x/\"q\"\\")))
        .contains("ExecStart=\"/a b/dotf\" --home \"/100%%/$$x/\\\"q\\\"\\\\\" run\n");
  }

  @Test
  void systemdUnit_isCleanForSystemd() throws Exception {
    Path analyze = Path.of("/usr/bin/systemd-analyze");
    assumeTrue(Files.isExecutable(analyze), "skipped: no systemd-analyze on this machine");
    Path launcher = Files.writeString(temporary.resolve("do tf"), "#!/bin/sh\n");
    assertThat(launcher.toFile().setExecutable(true)).isTrue();
    Path unit = temporary.resolve("dotf.service");
    Files.writeString(unit, ServiceFiles.systemdUnit(launcher, temporary.resolve("h%o$m\"e")));

    Process verify =
        new ProcessBuilder(analyze.toString(), "--man=no", "verify", unit.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(verify.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(said.lines().filter(line -> line.contains("dotf"))).isEmpty();
    assertThat(verify.exitValue()).as(said).isZero();
  }

  @Test
  void launchdAgent_oddPaths_isStillXml() throws Exception {
    String plist = ServiceFiles.launchdAgent(Path.of("/a & <b>"), Path.of("/h"));
    var factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);

    var document =
        factory
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(plist.getBytes(StandardCharsets.UTF_8)));

    assertThat(document.getElementsByTagName("array").item(0).getTextContent())
        .contains("/a & <b>")
        .contains("--home");
  }

  @Test
  void launcher_findsAJavaThatIsNewEnoughBesideAnOlderOne()
      throws IOException, InterruptedException {
    Path old = javaOf("17.0.9", "old");
    Path young = javaOf("26-ea", "young");
    Path script = Path.of("bin/find-jdk.sh").toAbsolutePath();
    ProcessBuilder shell =
        new ProcessBuilder(
                "sh", "-c", ". '" + script + "'; find_jdk java && printf %s \"$JDK\"; exit 0")
            .redirectErrorStream(true);
    shell.environment().put("JAVA_HOME", old.toString());
    shell.environment().put("PATH", young.resolve("bin") + ":/usr/bin:/bin");

    Process process = shell.start();
    String found = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(found).startsWith(young.toString());
  }

  @Test
  void launcher_withoutANoteOfTheSetUp_startsTheJavaThatItFinds()
      throws IOException, InterruptedException {
    Path young = javaOf("25.0.1", "young");
    Files.writeString(young.resolve("bin/java"), "#!/bin/sh\nprintf young\n");
    Path program = temporary.resolve("program");
    Files.createDirectories(program.resolve("bin"));
    Files.createDirectories(program.resolve("lib"));
    Path launcher = Files.copy(Path.of("bin/dotf"), program.resolve("bin/dotf"));
    Files.copy(Path.of("bin/find-jdk.sh"), program.resolve("lib/find-jdk.sh"));
    ProcessBuilder command =
        new ProcessBuilder("sh", launcher.toString(), "--version").redirectErrorStream(true);
    command.environment().put("JAVA_HOME", young.toString());

    Process process = command.start();
    String started = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(started).isEqualTo("young");
  }

  private Path javaOf(String version, String name) throws IOException {
    Path home = temporary.resolve(name);
    Files.createDirectories(home.resolve("bin"));
    Files.createDirectories(home.resolve("lib"));
    Files.writeString(home.resolve("release"), "X=1\nJAVA_VERSION=\"" + version + "\"\n");
    Path java = Files.writeString(home.resolve("bin/java"), "#!/bin/sh\n");
    assertThat(java.toFile().setExecutable(true)).isTrue();
    return home;
  }
}
