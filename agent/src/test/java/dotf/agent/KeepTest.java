package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.agent.catalog.FileState;
import dotf.fixtures.Payloads;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is always on this disk, on real files. */
@Timeout(120)
class KeepTest {
  @TempDir Path temporary;
  private Path folder;
  private Path rules;
  private TestDevice device;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    folder = Files.createDirectory(temporary.resolve("Sync"));
    rules = folder.resolve(".dotfkeep");
    device = TestDevice.alone(temporary.resolve("home"));
    device.agent.addFolder(folder, false);
    device.settle();
  }

  @AfterEach
  void stop() throws IOException {
    device.close();
  }

  private Path write(String name, int size) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, Payloads.noise(name.hashCode(), size));
  }

  private Path stub(String name) {
    return folder.resolve(name + ".f");
  }

  private void becomesStub(String name) {
    eventually(
        name + " becomes a stub",
        () -> Files.exists(stub(name)) && Files.notExists(folder.resolve(name)));
  }

  private void comesBack(String name) {
    eventually(
        name + " comes back",
        () -> Files.notExists(stub(name)) && Files.exists(folder.resolve(name)));
  }

  private KeepAnswer keep(Path path) throws IOException {
    return device.agent.keep(path, Progress.silent());
  }

  @Test
  void keepingADirectory_bringsItBack_andUnkeepingLetsItGo_theUsersLinesStay()
      throws IOException, InterruptedException {
    write("photos/a b [1]*", 9000);
    write("photos/sub/b", 9000);
    write("other", 9000);
    becomesStub("photos/a b [1]*");
    becomesStub("photos/sub/b");
    becomesStub("other");
    String users = "# mine\r\n*.iso\r\n\n!x.iso";
    Files.writeString(rules, users);

    KeepAnswer answer = keep(folder.resolve("photos"));
    assertThat(answer.changed()).isTrue();
    assertThat(answer.rule()).isEqualTo("'/photos/' (.dotfkeep, line 5)");
    assertThat(answer.restored().files()).isEqualTo(2);
    assertThat(Files.readString(rules)).isEqualTo(users + "\n/photos/\n");
    assertThat(folder.resolve("photos/sub/b")).exists();
    device.settle();
    assertThat(device.row(folder.resolve("photos/sub/b")).reason()).contains("/photos/");
    assertThat(stub("other")).exists();
    assertThat(keep(folder.resolve("photos")).changed()).isFalse();

    KeepAnswer gone = device.agent.unkeep(folder.resolve("photos"));
    assertThat(gone.changed()).isTrue();
    assertThat(gone.rule()).isNull();
    assertThat(Files.readString(rules)).isEqualTo(users + "\n");
    eventually(
        "only lingering keeps it",
        () -> device.row(folder.resolve("photos/sub/b")).state() == FileState.LINGERING);
  }

  @Test
  void keepingOneStub_byTheStubsName() throws IOException, InterruptedException {
    write("film", 9000);
    write("film 2", 9000);
    becomesStub("film");
    becomesStub("film 2");
    assertThat(keep(stub("film")).restored().files()).isEqualTo(1);
    assertThat(Files.readString(rules)).isEqualTo("/film\n");
    device.settle();
    assertThat(folder.resolve("film")).exists();
    assertThat(stub("film 2")).exists();
    assertThat(keep(folder).restored().failed()).isZero();
    assertThat(folder.resolve("film 2")).exists();
    assertThat(Files.readString(rules)).isEqualTo("/film\n/*\n");
  }

  @Test
  void anEditedRuleFile_bringsItsStubsBackByItself_alsoWhenNobodyWatched()
      throws IOException, InterruptedException {
    write("a/one", 9000);
    write("b/two", 9000);
    becomesStub("a/one");
    becomesStub("b/two");
    device.settle();
    Files.writeString(rules, "/a\n");
    comesBack("a/one");
    assertThat(stub("b/two")).exists();
    device.stop();
    Files.writeString(folder.resolve("b/.dotfkeep"), "t*\n");
    device.start();
    comesBack("b/two");
  }

  @Test
  void aDirectoryThatBecomesAWorkTree_getsItsFilesBack_andKeepsThem() throws IOException {
    write("code/a.c", 9000);
    write("b.c", 9000);
    becomesStub("code/a.c");
    becomesStub("b.c");
    Files.createDirectory(folder.resolve("code/.git"));
    comesBack("code/a.c");
    assertThat(stub("b.c")).exists();
    assertThat(device.agent.why(folder.resolve("code/a.c")).toString()).contains("code/.git");
  }

  @Test
  void aStubThatIsMovedIntoAKeptDirectory_comesBack() throws IOException {
    Files.createDirectory(folder.resolve("kept"));
    keep(folder.resolve("kept"));
    write("a", 9000);
    becomesStub("a");
    Files.move(stub("a"), stub("kept/a"));
    comesBack("kept/a");
  }

  @Test
  void whatDoesNotFit_waits_theSmallerOnesComeBack() throws IOException, InterruptedException {
    for (int i = 0; i < 20; i++) {
      write("s" + i, 5000);
    }
    write("large", 3_000_000);
    becomesStub("large");
    device.settle();
    long free = Files.getFileStore(folder).getUsableSpace();
    AgentSettings usual = TestDevice.settings(2);
    device.agent.apply(
        new AgentSettings(
            usual.settle(),
            usual.linger(),
            usual.copies(),
            usual.stubMin(),
            usual.storeLimit(),
            Long.MAX_VALUE / 2,
            usual.quarantine(),
            usual.trash(),
            usual.scan()));
    Files.writeString(rules, "*\n");
    eventually(
        "why says what it waits for",
        () -> String.valueOf(device.agent.why(stub("large")).waitsFor()).contains("2.9 MB"));
    assertThat(device.agent.why(stub("large")).rule()).contains("'*' (.dotfkeep, line 1)");
    assertThat(stub("s7")).as("%d were free", free).exists();
    device.agent.apply(usual);
    comesBack("large");
    for (int i = 0; i < 20; i++) {
      comesBack("s" + i);
    }
  }

  @Test
  void whatAnotherRuleKeeps_saysWhich() throws IOException {
    write("data.sqlite", 9000);
    write("notes.tmp", 9000);
    assertThat(keep(folder.resolve("data.sqlite")).changed()).isFalse();
    assertThat(rules).doesNotExist();
    assertThatThrownBy(() -> device.agent.unkeep(folder.resolve("data.sqlite")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("*.sqlite*");
    assertThat(rules).doesNotExist();
    assertThatThrownBy(() -> keep(folder.resolve("notes.tmp")))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("*.tmp");
    assertThatThrownBy(() -> keep(folder.resolve("absent"))).isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> keep(temporary)).isInstanceOf(NotFoundException.class);
  }

  @Test
  void aRuleFileThatAProgramIsWriting_isNotTouched() throws IOException {
    Files.writeString(rules, "/a\n");
    write("b", 9000);
    try (OutputStream writer = Files.newOutputStream(rules, StandardOpenOption.APPEND)) {
      assertThatThrownBy(() -> keep(folder.resolve("b")))
          .isInstanceOf(TryLaterException.class)
          .hasMessageContaining("open in a program");
      writer.write("/c\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
    keep(folder.resolve("b"));
    assertThat(Files.readString(rules)).isEqualTo("/a\n/c\n/b\n");
  }
}
