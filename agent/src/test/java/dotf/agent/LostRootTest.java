package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.agent.catalog.FileState;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Folders whose directory goes, comes back, or is another one. */
@Timeout(120)
class LostRootTest {
  private static final int FILES = 5;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Random random = Seed.random("lost roots");

  @TempDir Path temporary;
  private Path folder;
  private Path away;
  private TestDevice device;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    folder = Files.createDirectory(temporary.resolve("Sync"));
    away = temporary.resolve("away");
    device = TestDevice.alone(temporary.resolve("home"));
    device.agent.addFolder(folder, false);
    for (int i = 0; i < FILES; i++) {
      Files.write(folder.resolve("a" + i), Payloads.noise(random.nextLong(), 5000));
    }
    eventually("all are stubs", () -> stubs(folder) == FILES);
    device.settle();
  }

  @AfterEach
  void stop() throws IOException {
    device.close();
  }

  private static long stubs(Path folder) {
    return IntStream.range(0, FILES)
        .filter(i -> Files.exists(folder.resolve("a" + i + ".f")))
        .filter(i -> Files.notExists(folder.resolve("a" + i)))
        .count();
  }

  private String problem() {
    return String.valueOf(device.agent.folders().getFirst().problem());
  }

  private void isLost(String words) {
    eventually(PATIENCE, "it is noticed", () -> problem().contains(words));
    assertThat(problem()).contains("nothing in it counts as deleted").contains("dotf add");
  }

  private void nothingIsDeleted() throws IOException {
    List<TrashRow> trash = new ArrayList<>();
    device.agent.trash(null, trash::add);
    assertThat(trash).isEmpty();
    assertThat(device.agent.folders().getFirst().files()).isEqualTo(FILES);
  }

  private void goesOn() throws InterruptedException {
    eventually(PATIENCE, "it goes on", () -> problem().equals("null"));
    device.settle();
  }

  @Test
  void aFolderThatIsMovedAway_saysSo_answersLater_andGoesOnWhenItIsBack()
      throws IOException, InterruptedException {
    Files.move(folder, away);
    isLost("is not there");
    Path stub = folder.resolve("a1.f");
    Outcome outcome = device.agent.restore(List.of(stub), null, Progress.silent());
    assertThat(outcome.failures()).containsOnlyKeys(Outcome.Failure.LATER);
    outcome = device.agent.free(List.of(folder), Progress.silent()).replaced();
    assertThat(outcome.failed()).isZero();
    assertThatThrownBy(() -> device.agent.undelete(List.of(stub), Progress.silent()))
        .isInstanceOf(TryLaterException.class);
    assertThat(device.agent.why(stub).rule()).contains("is not there");
    device.restart();
    isLost("is not there");
    nothingIsDeleted();
    Files.move(away, folder);
    goesOn();
    nothingIsDeleted();
    assertThat(device.row(stub).state()).isEqualTo(FileState.STUB);
  }

  @Test
  void anEmptyDirectoryInItsPlace_evenWithTheMarkerCopied_isNotTheFolder()
      throws IOException, InterruptedException {
    Files.move(folder, away);
    Files.createDirectory(folder);
    isLost("another directory");
    Files.createDirectories(folder.resolve(".dotf/q"));
    Files.copy(
        away.resolve(".dotf/folder"),
        folder.resolve(".dotf/folder"),
        StandardCopyOption.COPY_ATTRIBUTES);
    device.restart();
    isLost("another directory");
    nothingIsDeleted();
  }

  @Test
  void addingTheDirectoryAgain_bringsWhatIsMissingBackAsStubs()
      throws IOException, InterruptedException {
    Files.move(folder, away);
    Files.createDirectory(folder);
    Files.writeString(folder.resolve("new"), "not there before");
    isLost("another directory");
    device.agent.addFolder(folder, false);
    eventually(PATIENCE, "the stubs are back", () -> stubs(folder) == FILES);
    goesOn();
    List<TrashRow> trash = new ArrayList<>();
    device.agent.trash(null, trash::add);
    assertThat(trash).isEmpty();
    Outcome outcome = device.agent.restoreAll(null, Progress.silent());
    assertThat(outcome.problems()).isEmpty();
    assertThat(folder.resolve("a3")).hasSize(5000);

    Files.delete(folder.resolve("a3"));
    eventually(
        "deleting means deleting again", () -> device.agent.folders().getFirst().files() == FILES);
  }

  @Test
  void addingItAgain_withTheMissingToTheTrash_needsThatWord()
      throws IOException, InterruptedException {
    Files.move(folder, away);
    Files.createDirectory(folder);
    isLost("another directory");
    device.agent.addFolder(folder, false, true);
    List<TrashRow> trash = new ArrayList<>();
    eventually(
        PATIENCE,
        "they are in the trash",
        () -> {
          trash.clear();
          device.agent.trash(null, trash::add);
          return trash.size() == FILES;
        });
    goesOn();
    assertThat(device.agent.undo(Progress.silent()).outcome().files()).isEqualTo(FILES);
    assertThat(stubs(folder)).isEqualTo(FILES);
  }

  @Test
  void addingWhereItWasMovedTo_goesOnThere() throws IOException, InterruptedException {
    Files.move(folder, away);
    Files.delete(away.resolve("a0.f"));
    isLost("is not there");
    device.agent.addFolder(away, false);
    goesOn();
    eventually(PATIENCE, "what was missing is back", () -> stubs(away) == FILES);
    device.settle();
    assertThat(device.agent.folders()).hasSize(1);
    assertThat(device.agent.folders().getFirst().path()).isEqualTo(away);
    nothingIsDeleted();
    device.restart();
    device.settle();
    assertThat(device.row(away.resolve("a2.f")).state()).isEqualTo(FileState.STUB);
  }

  @Test
  void verifyTellsOfALostFolderOnce_andNotOfEachOfItsStubs() throws Exception {
    Files.move(folder, away);
    Files.createDirectory(folder);
    isLost("another directory");
    List<Problem> problems = new ArrayList<>();
    device.agent.verify(false, problems::add);
    assertThat(problems).hasSize(1).first().extracting(Problem::kind).isEqualTo("folder");
  }
}
