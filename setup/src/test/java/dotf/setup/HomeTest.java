package dotf.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
  @TempDir Path temporary;
  private Path directory;

  @BeforeEach
  void setUp() {
    directory = temporary.resolve("deep/er/home");
  }

  @Test
  void locate_optionThenVariableThenUser() throws IOException {
    Map<String, String> both = Map.of("HOME", "/u", "DOTF_HOME", "/v/./x");

    assertThat(Home.locate("/o", both)).isEqualTo(Path.of("/o"));
    assertThat(Home.locate(null, both)).isEqualTo(Path.of("/v/x"));
    assertThat(Home.locate(null, Map.of("HOME", "/u"))).isEqualTo(Path.of("/u/.dotf"));
    assertThat(Home.locate(null, Map.of("HOME", "/u", "DOTF_HOME", "")))
        .isEqualTo(Path.of("/u/.dotf"));
    assertThat(Home.locate("rel", both)).isAbsolute();
  }

  @Test
  void create_everythingIsForTheOwnerOnly() throws IOException {
    Home home = Home.create(directory);

    assertThat(mode(home.directory())).isEqualTo("rwx------");
    try (var entries = Files.list(home.directory())) {
      assertThat(entries)
          .hasSize(7)
          .allSatisfy(entry -> assertThat(mode(entry)).endsWith("------"));
    }
  }

  @Test
  void create_again_changesNothing() throws IOException {
    Home home = Home.create(directory);
    new ConfigFile(home.configFile()).set(Setting.PORT, "9000");
    String settings = Files.readString(home.configFile());

    Home.create(directory);

    assertThat(Files.readString(home.configFile())).isEqualTo(settings);
  }

  @Test
  void create_cutShort_isCompleted() throws IOException {
    Home home = Home.create(directory);
    Files.delete(home.journal());
    Files.delete(home.configFile());

    Home.create(directory);

    assertThat(home.journal()).isDirectory();
    assertThat(home.configFile()).exists();
  }

  @Test
  void create_emptyWideDirectory_isTakenAndNarrowed() throws IOException {
    Files.createDirectories(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));

    assertThat(mode(Home.create(directory).directory())).isEqualTo("rwx------");
  }

  @Test
  void create_directoryWithOtherThings_isRefusedAndUntouched() throws IOException {
    Files.createDirectories(directory);
    Files.writeString(directory.resolve("thesis.txt"), "x");
    String before = mode(directory);

    assertThatThrownBy(() -> Home.create(directory)).hasMessageContaining("thesis.txt");

    assertThat(mode(directory)).isEqualTo(before);
    assertThat(Home.exists(directory)).isFalse();
  }

  @Test
  void create_fileInTheWay_isRefused() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "x");

    assertThatThrownBy(() -> Home.create(file)).hasMessageContaining("is not a directory");
    assertThatThrownBy(() -> Home.create(file.resolve("below")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(file.toString());
  }

  @Test
  void create_placeThatCannotBeWritten_saysSo() {
    assertThatThrownBy(() -> Home.create(Path.of("/proc/dotf")))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("/proc/dotf");
  }

  @Test
  void open_none_namesTheCommandThatMakesOne() {
    assertThatThrownBy(() -> Home.open(directory))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("dotf init");
  }

  @Test
  void open_newerLayout_isRefused() throws IOException {
    Home home = Home.create(directory);
    Files.writeString(home.directory().resolve("format"), "dotf home 2\n");

    assertThatThrownBy(() -> Home.open(directory)).hasMessageContaining("newer version of dotf");
    assertThatThrownBy(() -> Home.create(directory)).hasMessageContaining("newer version of dotf");
  }

  @Test
  void open_openToOthers_isRefusedWithTheCommandThatMendsIt() throws IOException {
    Home.create(directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-x---"));

    assertThatThrownBy(() -> Home.open(directory)).hasMessageContaining("chmod 700");
  }

  @Test
  void lock_secondAgentInThisProcess_isRefusedAndTheFirstKeepsItsLock() throws Exception {
    Home home = Home.create(directory);
    try (HomeLock first = home.lock()) {
      assertThat(first).isNotNull();
      assertThatThrownBy(home::lock)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
      assertThat(lockedForOthers(home)).isTrue();
    }
    assertThat(lockedForOthers(home)).isFalse();
    home.lock().close();
  }

  @Test
  void socket_shortPath_isInTheHome() throws IOException {
    Home home = Home.create(temporary.resolve("h"));

    assertThat(home.prepareSocket(Map.of())).isEqualTo(home.directory().resolve("agent.sock"));
    assertThat(home.socket()).isEqualTo(home.directory().resolve("agent.sock"));
  }

  @Test
  void socket_longPath_isInAPrivateDirectoryThatTheHomeNames() throws IOException {
    Home home = Home.create(temporary.resolve("x".repeat(100)));
    Path runtime = Files.createDirectory(temporary.resolve("run"));

    Path socket = home.prepareSocket(Map.of("XDG_RUNTIME_DIR", runtime.toString()));

    assertThat(socket).startsWithRaw(runtime);
    assertThat(mode(socket.resolve("..").normalize())).isEqualTo("rwx------");
    assertThat(home.socket()).isEqualTo(socket);
    assertThat(home.prepareSocket(Map.of())).as("stays over restarts").isEqualTo(socket);
  }

  @Test
  void socket_directoryThatSomebodyOpened_isNotUsedAgain() throws IOException {
    Home home = Home.create(temporary.resolve("x".repeat(100)));
    Map<String, String> environment = Map.of("XDG_RUNTIME_DIR", temporary.toString());
    Path first = home.prepareSocket(environment);
    Files.setPosixFilePermissions(first.getParent(), PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThat(home.prepareSocket(environment)).isNotEqualTo(first);
  }

  /** Asks from another process, since a process does not see its own locks. */
  private static boolean lockedForOthers(Home home) throws Exception {
    Object inode = Files.getAttribute(home.lockFile(), "unix:ino");
    return Files.readAllLines(Path.of("/proc/locks")).stream()
        .anyMatch(line -> line.contains(":" + inode + " "));
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
