package dotf.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dotf.setup.Finding.Grade;
import dotf.setup.Keyring.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiagnosisTest {
  @TempDir Path temporary;
  private Path root;
  private Home home;
  private Map<String, String> environment;

  @BeforeEach
  void aHealthyMachine() throws IOException {
    root = temporary.resolve("root");
    home = Home.create(temporary.resolve("home"));
    Keyring ring = new Keyring(home.keys());
    ring.create(Secret.VAULT, new byte[] {1});
    ring.create(Secret.NODE, new byte[] {1});
    ring.confirmPhrase();
    Path configuration = temporary.resolve("configuration");
    environment = Map.of("USER", "ada", "XDG_CONFIG_HOME", configuration.toString());
    write(root.resolve("proc/sys/fs/inotify/max_user_watches"), "192536\n");
    write(root.resolve("run/systemd/system/here"), "");
    write(root.resolve("var/lib/systemd/linger/ada"), "");
    write(
        configuration.resolve("systemd/user/dotf.service"),
        ServiceFiles.systemdUnit(Path.of("/bin/dotf"), home.directory()));
    new ConfigFile(home.configFile()).set(Setting.RESERVE, "1B");
  }

  @Test
  void healthyMachine_everythingIsGood() {
    assertThat(diagnosis().of(home)).extracting(Finding::grade).containsOnly(Grade.GOOD);
  }

  @Test
  void fewWatches_areAnAdviceWithItsCommand() throws IOException {
    write(root.resolve("proc/sys/fs/inotify/max_user_watches"), "8192\n");

    assertThat(finding("watches").grade()).isEqualTo(Grade.ADVICE);
    assertThat(finding("watches").mend()).contains("max_user_watches=");
  }

  @Test
  void watches_ofThisMachine_areTheNumberThatTheKernelTells() throws IOException {
    Path limit = Path.of("/proc/sys/fs/inotify/max_user_watches");
    assumeTrue(Files.isReadable(limit), "skipped: this system has no " + limit);
    long most = Long.parseLong(Files.readAllLines(limit).getFirst());

    root = Path.of("/");

    assertThat(finding("watches").text()).contains("%,d directories".formatted(most));
  }

  @Test
  void noLinger_namesTheCommand() throws IOException {
    Files.delete(root.resolve("var/lib/systemd/linger/ada"));

    assertThat(finding("service").mend()).isEqualTo("sudo loginctl enable-linger ada");
  }

  @Test
  void unitOfAnotherHome_isNotOurs() throws IOException {
    Home other = Home.create(temporary.resolve("other"));

    assertThat(diagnosis().of(other))
        .anySatisfy(
            finding -> {
              assertThat(finding.subject()).isEqualTo("service");
              assertThat(finding.grade()).isEqualTo(Grade.ADVICE);
            });
  }

  @Test
  void fullDisk_wrongSettings_openKeys_clockSetBack_areProblems() throws IOException {
    new ConfigFile(home.configFile()).set(Setting.RESERVE, "500000TB");
    assertThat(finding("space").grade()).isEqualTo(Grade.PROBLEM);

    Files.writeString(home.configFile(), "prot = 1\n");
    assertThat(finding("settings").text()).contains("did you mean port?");

    Files.delete(home.keys().resolve("node"));
    assertThat(finding("keys").grade()).isEqualTo(Grade.PROBLEM);

    Diagnosis early = new Diagnosis(root, environment, Instant.now().minus(Duration.ofDays(365)));
    assertThat(early.of(home))
        .anyMatch(f -> f.subject().equals("clock") && f.grade() == Grade.PROBLEM);
  }

  @Test
  void phraseNotConfirmed_isAnAdvice() throws IOException {
    Files.delete(home.keys().resolve("confirmed"));

    assertThat(finding("keys").mend()).isEqualTo("dotf phrase --confirm");
  }

  private Diagnosis diagnosis() {
    return new Diagnosis(root, environment, Instant.now());
  }

  private Finding finding(String subject) {
    return diagnosis().of(home).stream()
        .filter(finding -> finding.subject().equals(subject))
        .findFirst()
        .orElseThrow();
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.resolve("..").normalize());
    Files.writeString(file, text);
  }
}
