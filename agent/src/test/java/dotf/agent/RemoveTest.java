package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.agent.catalog.FileState;
import dotf.fixtures.Seed;
import dotf.fixtures.Tree;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Folders that are no longer to be watched, on real files. */
@Timeout(120)
class RemoveTest {
  private static final int FILES = 30;

  private final Random random = Seed.random("remove");

  @TempDir Path temporary;
  private Path folder;
  private TestDevice device;
  private Tree before;

  @BeforeEach
  void startWithStubs() throws IOException, InterruptedException {
    folder = Files.createDirectory(temporary.resolve("Sync"));
    device = TestDevice.alone(temporary.resolve("home"));
    before = Tree.write(folder, random, FILES, 40_000);
    device.agent.addFolder(folder, false);
    device.settle();
    assertThat(stubs()).isNotEmpty();
  }

  @AfterEach
  void stop() throws IOException {
    device.close();
  }

  private List<Path> stubs() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(path -> path.toString().endsWith(".f")).toList();
    }
  }

  private Removed remove(Removal how) throws IOException {
    return device.agent.removeFolder(folder, how, Progress.silent());
  }

  private void reserve(long bytes) {
    AgentSettings usual = TestDevice.settings(2);
    device.agent.apply(
        new AgentSettings(
            usual.settle(),
            usual.linger(),
            usual.copies(),
            usual.stubMin(),
            usual.storeLimit(),
            bytes,
            usual.quarantine(),
            usual.trash(),
            usual.scan()));
  }

  @Test
  void aFolderWithStubs_isNotRemovedWithoutAWord() throws IOException {
    int stubs = stubs().size();
    assertThatThrownBy(() -> remove(Removal.ONLY_WITHOUT_STUBS))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(stubs + " stubs")
        .hasMessageContaining("--restore")
        .hasMessageContaining("--leave-stubs");
    assertThat(device.agent.folders().getFirst().problem()).isNull();
    assertThat(stubs()).hasSize(stubs);
  }

  @Test
  void restoring_bringsAllBack_andOnlyThenStopsWatching() throws IOException, InterruptedException {
    eventually("the quarantine is empty", () -> isEmpty(folder.resolve(".dotf/q")));
    Removed removed = remove(Removal.RESTORE);
    assertThat(removed.removed()).isTrue();
    assertThat(removed.stubs()).isZero();
    assertThat(removed.note()).isNull();
    assertThat(Tree.of(folder)).isEqualTo(before);
    assertThat(folder.resolve(".dotf")).doesNotExist();
    assertThat(device.agent.folders()).isEmpty();
    assertThat(device.agent.status().space().trash()).isZero();
    device.restart();
    assertThat(device.agent.folders()).isEmpty();
    device.agent.addFolder(folder, false);
    device.settle();
    assertThat(stubs()).isNotEmpty();
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.findAny().isEmpty();
    }
  }

  @Test
  void withoutRoomForAll_nothingIsRestored() throws IOException {
    int stubs = stubs().size();
    reserve(Long.MAX_VALUE / 2);
    assertThatThrownBy(() -> remove(Removal.RESTORE))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("needs")
        .hasMessageContaining("free above the reserve");
    assertThat(stubs()).hasSize(stubs);
    assertThat(device.agent.folders()).hasSize(1);
  }

  @Test
  void whatCannotBeRestored_keepsTheFolderWatched() throws IOException, InterruptedException {
    Path stub = stubs().getFirst();
    Files.move(stub, temporary.resolve("away.f"));
    Removed removed = remove(Removal.RESTORE);
    assertThat(removed.removed()).isFalse();
    assertThat(removed.restored().failed()).isEqualTo(1);
    Files.move(temporary.resolve("away.f"), stub);
    device.settle();
    assertThat(device.agent.folders().getFirst().problem()).as("it works on").isNull();
    assertThat(remove(Removal.RESTORE).removed()).isTrue();
    assertThat(Tree.of(folder)).isEqualTo(before);
  }

  @Test
  void leftStubs_areStillRestored_alsoAfterARestart_andTakenUpAgain()
      throws IOException, InterruptedException {
    int stubs = stubs().size();
    Removed removed = remove(Removal.LEAVE_STUBS);
    assertThat(removed.removed()).isTrue();
    assertThat(removed.stubs()).isEqualTo(stubs);
    assertThat(stubs()).hasSize(stubs);
    assertThat(device.agent.folders().getFirst().problem()).contains("not watched");
    device.restart();
    assertThat(device.agent.status().space().trash()).as("nothing counts as deleted").isZero();
    Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
    Outcome copied = device.agent.restore(List.of(folder), elsewhere, Progress.silent());
    assertThat(copied.problems()).isEmpty();
    assertThat(copied.files()).isEqualTo(stubs);

    Path left = stubs().getFirst();
    Path restored = elsewhere.resolve(left.getFileName().toString().replaceFirst("\\.f$", ""));
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    device.agent.cat(left, 0, Long.MAX_VALUE, content);
    assertThat(content.toByteArray()).isEqualTo(Files.readAllBytes(restored));
    assertThat(left).as("reading does not bring it back").exists();
    Explanation why = device.agent.why(left);
    assertThat(why.row().state()).isEqualTo(FileState.STUB);
    assertThat(why.row().size()).isEqualTo(content.size());
    assertThat(why.rule()).contains("was left when its folder " + folder).contains("dotf restore");
    assertThat(why.when()).contains("dotf add " + folder);
    Path stray = Files.copy(left, temporary.resolve("copied.f"));
    assertThat(device.agent.why(stray).rule()).contains("in no watched folder");
    assertThatThrownBy(() -> device.agent.why(restored)).isInstanceOf(NotFoundException.class);

    Path other = Files.createDirectory(temporary.resolve("Other"));
    device.agent.addFolder(other, false);
    device.settle();
    assertThat(isEmpty(other)).as("another folder is no place for those stubs").isFalse();
    try (Stream<Path> all = Files.walk(other)) {
      assertThat(all.filter(path -> path.toString().endsWith(".f"))).isEmpty();
    }

    Files.delete(stubs().getFirst());
    device.agent.addFolder(folder, false);
    device.settle();
    assertThat(stubs()).as("what went while nobody watched is back").hasSize(stubs);
    for (Path stub : stubs()) {
      assertThat(device.row(stub).state()).isEqualTo(FileState.STUB);
    }
    assertThat(device.agent.restoreAll(null, Progress.silent()).problems()).isEmpty();
    assertThat(Tree.of(folder)).isEqualTo(before);
  }

  @Test
  void whatIsNotWatched_isNamed() {
    assertThatThrownBy(
            () ->
                device.agent.removeFolder(temporary, Removal.ONLY_WITHOUT_STUBS, Progress.silent()))
        .isInstanceOf(NotFoundException.class);
  }
}
