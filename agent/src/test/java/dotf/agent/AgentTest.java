package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.agent.catalog.FileState;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import dotf.fixtures.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One device without peers, on real files. */
class AgentTest {
  private final Random random = Seed.random("agent");

  @TempDir Path temporary;
  private Path folder;
  private TestDevice device;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createDirectory(temporary.resolve("Sync"));
    device = TestDevice.alone(temporary.resolve("home"));
    device.agent.addFolder(folder, false);
  }

  @AfterEach
  void stop() throws IOException {
    device.close();
  }

  private byte[] noise(int size) {
    return Payloads.noise(random.nextLong(), size);
  }

  private Path write(String name, byte[] content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private Path stub(String name) {
    return folder.resolve(name + ".f");
  }

  private void becomesStub(String name) {
    eventually(
        name + " becomes a stub",
        () -> Files.exists(stub(name)) && Files.notExists(folder.resolve(name)));
  }

  private void restore(Path... stubs) throws IOException {
    Outcome outcome = device.agent.restore(List.of(stubs), null, Progress.silent());
    assertThat(outcome.problems()).isEmpty();
  }

  private @Nullable FileState state(Path path) throws IOException {
    try {
      return device.row(path).state();
    } catch (NotFoundException e) {
      return null;
    }
  }

  private String reason(Path path) throws IOException {
    return String.valueOf(device.row(path).reason());
  }

  @Test
  void aTree_becomesStubs_andComesBackAsItWas() throws IOException, InterruptedException {
    Tree before = Tree.write(folder, random, 120, 40_000);
    device.settle();
    AgentStatus status = device.agent.status();
    assertThat(status.settled()).isTrue();
    assertThat(status.safety().onlyHere()).isEqualTo(120);
    List<FileRow> rows = new ArrayList<>();
    device.agent.files(null, rows::add);
    assertThat(rows).hasSize(120);
    for (FileRow row : rows) {
      assertThat(row.state())
          .as(row.toString())
          .isEqualTo(row.size() < 4096 ? FileState.SKIPPED : FileState.STUB);
    }
    List<PinRow> pins = new ArrayList<>();
    device.agent.pins(true, pins::add);
    assertThat(pins).hasSize(120).allSatisfy(pin -> assertThat(pin.blockList()).isNotEmpty());
    assertThat(device.agent.verify(true, problem -> {}).ok()).isTrue();

    Outcome outcome = device.agent.restoreAll(null, Progress.silent());
    assertThat(outcome.problems()).isEmpty();
    assertThat(Tree.of(folder)).isEqualTo(before);

    device.restart();
    device.settle();
    assertThat(Tree.of(folder)).isEqualTo(before);
  }

  @Test
  void aFileThatIsAskedForBeforeItIsReplaced_stays() throws IOException, InterruptedException {
    Path file = write("a.txt", noise(9000));
    eventually("it is seen", () -> device.agent.folders().getFirst().files() == 1);
    device.agent.restore(List.of(file), null, Progress.silent());
    device.settle();
    assertThat(file).exists();
    assertThat(device.row(file).state()).isEqualTo(FileState.LINGERING);
  }

  @Test
  void aFileWrittenAnewBesideItsStub_isTheNextVersion() throws IOException, InterruptedException {
    write("a.txt", noise(9000));
    becomesStub("a.txt");
    device.settle();
    byte[] next = noise(10_000);
    write("a.txt", next);
    eventually("the old stub goes", () -> Files.notExists(stub("a.txt")));
    device.settle();
    assertThat(device.row(folder.resolve("a.txt")).state()).isEqualTo(FileState.LINGERING);
    assertThat(
            device
                .agent
                .free(List.of(folder.resolve("a.txt")), Progress.silent())
                .replaced()
                .failed())
        .isZero();
    assertThat(folder.resolve("a.txt")).doesNotExist();
    restore(stub("a.txt"));
    assertThat(folder.resolve("a.txt")).hasBinaryContent(next);
  }

  @Test
  void movingAStub_renamesTheFile_copyingMakesASecond_removingDeletes()
      throws IOException, InterruptedException {
    byte[] content = noise(20_000);
    write("a", content);
    becomesStub("a");
    device.settle();
    Files.createDirectory(folder.resolve("dir"));
    Files.move(stub("a"), stub("dir/b"));
    eventually("b is known", () -> state(stub("dir/b")) == FileState.STUB);
    eventually("a is forgotten", () -> device.agent.folders().getFirst().files() == 1);

    Files.copy(stub("dir/b"), stub("c"), StandardCopyOption.COPY_ATTRIBUTES);
    eventually("reading brought b back", () -> Files.exists(folder.resolve("dir/b")));
    eventually("c is a second reference", () -> state(stub("c")) == FileState.STUB);
    assertThat(device.row(stub("c")).hash()).isEqualTo(device.row(folder.resolve("dir/b")).hash());
    restore(stub("c"));
    assertThat(folder.resolve("c")).hasBinaryContent(content);

    Files.delete(folder.resolve("c"));
    eventually("c is deleted", () -> device.agent.folders().getFirst().files() == 1);
    assertThat(device.agent.status().space().trash()).isEqualTo(20_000);
  }

  @Test
  void aUsersOwnFileEndingInF_isContent() throws IOException, InterruptedException {
    byte[] fortran = Payloads.text(1, 8000);
    write("solver.f", fortran);
    becomesStub("solver.f");
    restore(stub("solver.f"));
    assertThat(folder.resolve("solver.f")).hasBinaryContent(fortran);
    write("solver", noise(8000));
    device.settle();
    assertThat(folder.resolve("solver")).exists();
    assertThat(reason(folder.resolve("solver"))).contains("taken");
    assertThat(device.agent.why(folder.resolve("solver")).rule()).contains("another file");
  }

  @Test
  void aDamagedStub_isWrittenAnew() throws IOException, InterruptedException {
    byte[] content = noise(30_000);
    write("a", content);
    becomesStub("a");
    device.settle();
    long size = Files.size(stub("a"));
    damage("a");
    eventually("it is re-issued", () -> Files.size(stub("a")) <= size);
    device.settle();
    restore(stub("a"));
    assertThat(folder.resolve("a")).hasBinaryContent(content);
  }

  @Test
  void aDamagedStubLeftBesideItsFile_isTakenAway() throws IOException, InterruptedException {
    byte[] content = noise(30_000);
    write("a", content);
    becomesStub("a");
    device.settle();
    Path copy = temporary.resolve("copy");
    Files.createLink(copy, stub("a"));
    restore(stub("a"));
    Files.move(copy, stub("a"));
    damage("a");
    eventually("it goes", () -> Files.notExists(stub("a")));
    assertThat(folder.resolve("a")).hasBinaryContent(content);
  }

  /** Nobody opens the stub under its own name, which would bring the file back. */
  private void damage(String name) throws IOException {
    Path link = temporary.resolve("link");
    Files.createLink(link, stub(name));
    byte[] bytes = Files.readAllBytes(link);
    Files.delete(link);
    Path damaged = Files.write(temporary.resolve("damaged"), bytes);
    Files.write(damaged, new byte[] {'x'}, StandardOpenOption.APPEND);
    Files.move(damaged, stub(name), StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void strangeNames_areStored_orSkippedWithAReason() throws IOException, InterruptedException {
    byte[] content = noise(9000);
    String newline = "two\nlines \uD83D\uDE00";
    write(newline, content);
    String longName = "n".repeat(255);
    write(longName, content);
    write(
        "dotf-stub 1  This is not",
        "dotf-stub 1  This is not the file".getBytes(StandardCharsets.UTF_8));
    becomesStub(newline);
    device.settle();
    assertThat(reason(folder.resolve(longName))).contains("too long");
    restore(stub(newline));
    assertThat(folder.resolve(newline)).hasBinaryContent(content);
  }

  @Test
  @Timeout(60)
  void aDamagedStubThatNobodyKnows_staysAConflict_howeverOftenItIsLookedAt()
      throws IOException, InterruptedException {
    for (String name : List.of("notes", "letter.f")) {
      Path file = write(name, "dotf-stub 1  This is not".getBytes(StandardCharsets.UTF_8));
      eventually("it is seen", () -> state(file) == FileState.CONFLICT);
      Outcome outcome = device.agent.free(List.of(file), Progress.silent()).replaced();
      assertThat(outcome.failed()).isEqualTo(1);
      assertThat(outcome.problems().getFirst().text()).contains("damaged stub");
      device.settle();
      assertThat(state(file)).isEqualTo(FileState.CONFLICT);
    }
  }

  @Test
  @Timeout(60)
  void freeingAFileThatIsOpenForWriting_isAnswered_andItStays()
      throws IOException, InterruptedException {
    Path file = folder.resolve("log");
    try (OutputStream writer = Files.newOutputStream(file)) {
      writer.write(noise(9000));
      eventually("it is seen", () -> state(file) != null);
      Outcome outcome = device.agent.free(List.of(file), Progress.silent()).replaced();
      assertThat(outcome.problems().getFirst().text()).contains("open in a program");
    }
    becomesStub("log");
  }

  @Test
  void hardLinks_executables_smallAndKeptFiles_stay_withTheirReason()
      throws IOException, InterruptedException {
    write("linked", noise(9000));
    Files.createLink(folder.resolve("other"), folder.resolve("linked"));
    Path tool = write("tool", noise(9000));
    Files.setPosixFilePermissions(
        tool, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
    write("small", noise(100));
    write("data.sqlite", noise(9000));
    device.settle();
    assertThat(reason(folder.resolve("linked"))).contains("hard links");
    assertThat(reason(tool)).contains("executable");
    assertThat(reason(folder.resolve("small"))).contains("stub.min");
    assertThat(reason(folder.resolve("data.sqlite"))).contains("rule");
    assertThat(
            device
                .agent
                .free(List.of(folder.resolve("small")), Progress.silent())
                .replaced()
                .failed())
        .isZero();
    assertThat(stub("small")).exists();
  }

  @Test
  void aFolderThatVanishes_isAProblem_andNothingCountsAsDeleted()
      throws IOException, InterruptedException {
    write("a", noise(9000));
    becomesStub("a");
    device.settle();
    Path away = temporary.resolve("away");
    Files.move(folder, away);
    Files.createDirectory(folder);
    eventually("it is noticed", () -> device.agent.folders().getFirst().problem() != null);
    assertThat(device.agent.folders().getFirst().files()).isEqualTo(1);
    Files.delete(folder);
    Files.move(away, folder);
    eventually("it is back", () -> device.agent.folders().getFirst().problem() == null);
    device.settle();
    assertThat(device.row(stub("a")).state()).isEqualTo(FileState.STUB);
  }

  @Test
  void aRangeOfAStub_isReadWithoutRestoringIt() throws IOException, InterruptedException {
    byte[] content = noise(2_000_000);
    write("film", content);
    becomesStub("film");
    device.settle();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    device.agent.cat(stub("film"), 1_000_000, 1_000_100, out);
    assertThat(out.toByteArray())
        .isEqualTo(java.util.Arrays.copyOfRange(content, 1_000_000, 1_000_100));
    assertThat(stub("film")).exists();
  }

  @Test
  void foldersThatMustNotBeWatched_areRefused() {
    assertThatThrownBy(() -> device.agent.addFolder(Path.of("/"), false))
        .isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> device.agent.addFolder(device.home.resolve("journal"), false))
        .isInstanceOf(RefusedException.class);
    assertThatThrownBy(
            () -> device.agent.addFolder(Files.createDirectory(folder.resolve("inner")), false))
        .isInstanceOf(RefusedException.class);
    assertThatThrownBy(() -> device.agent.addFolder(temporary.resolve("nowhere"), false))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void pins_ofTheUser_canBeTakenBack_aFilesOwnCannot() throws IOException, InterruptedException {
    write("a", noise(9000));
    becomesStub("a");
    device.settle();
    PinRow pin = device.agent.pin(stub("a"));
    assertThat(pin.kind()).isEqualTo(PinRow.Kind.USER);
    device.agent.unpin(pin.hash());
    assertThatThrownBy(() -> device.agent.unpin(pin.hash())).isInstanceOf(RefusedException.class);
  }
}
