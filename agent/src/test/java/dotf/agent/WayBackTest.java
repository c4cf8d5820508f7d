package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.agent.catalog.FileState;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Trash, undelete, undo, and what is held, on real files. */
@Timeout(120)
class WayBackTest {
  private final Random random = Seed.random("way back");

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

  /** Files of a known content, all of them stubs. */
  private Map<String, byte[]> stubs(String prefix, int count)
      throws IOException, InterruptedException {
    Map<String, byte[]> contents = new HashMap<>();
    for (int i = 0; i < count; i++) {
      String name = prefix + i;
      byte[] content = Payloads.noise(random.nextLong(), 4200 + i);
      contents.put(name, content);
      Path file = folder.resolve(name);
      Files.createDirectories(file.getParent());
      Files.write(file, content);
    }
    eventually(
        "all are stubs",
        () ->
            contents.keySet().stream()
                .allMatch(n -> Files.exists(stub(n)) && Files.notExists(folder.resolve(n))));
    device.settle();
    return contents;
  }

  private static byte[] contentOf(Map<String, byte[]> contents, String name) {
    return requireNonNull(contents.get(name));
  }

  private Path stub(String name) {
    return folder.resolve(name + ".f");
  }

  private List<TrashRow> trash() throws IOException {
    List<TrashRow> rows = new ArrayList<>();
    device.agent.trash(null, rows::add);
    return rows;
  }

  private FolderStatus status() {
    return device.agent.folders().getFirst();
  }

  private WayBackOutcome undo() throws IOException {
    return device.agent.undo(Progress.silent());
  }

  private void restored(String name, byte[] content) throws IOException {
    Outcome outcome = device.agent.restore(List.of(stub(name)), null, Progress.silent());
    assertThat(outcome.problems()).isEmpty();
    assertThat(folder.resolve(name)).hasBinaryContent(content);
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .filter(name -> !name.startsWith(".dotf"))
          .sorted()
          .toList();
    }
  }

  @Test
  void whatWasDeleted_isInTheTrash_andUndeleteBringsItsStubBack()
      throws IOException, InterruptedException {
    Map<String, byte[]> contents = stubs("dir/a", 3);
    Files.delete(stub("dir/a0"));
    Files.delete(stub("dir/a1"));
    eventually("both are in the trash", () -> trash().size() == 2);
    TrashRow row = trash().getFirst();
    assertThat(row.until()).isEqualTo(row.deleted().plus(Duration.ofDays(30)));
    assertThat(device.agent.notice()).contains("2 files were deleted").contains("dotf undo");

    device.agent.undelete(List.of(stub("dir/a0")), Progress.silent());
    assertThat(stub("dir/a0")).exists();
    device.agent.undelete(List.of(folder.resolve("dir")), Progress.silent());
    assertThat(stub("dir/a1")).exists();
    device.settle();
    assertThat(trash()).isEmpty();
    assertThat(device.row(stub("dir/a1")).state()).isEqualTo(FileState.STUB);
    restored("dir/a1", contentOf(contents, "dir/a1"));
    assertThatThrownBy(
            () -> device.agent.undelete(List.of(folder.resolve("dir/a2")), Progress.silent()))
        .isInstanceOf(NotFoundException.class);
  }

  @Test
  void undeletingAFileWhoseNameIsTaken_givesItsStubAnother_andSaysSo()
      throws IOException, InterruptedException {
    Map<String, byte[]> contents = stubs("a", 1);
    Files.delete(stub("a0"));
    eventually("it is in the trash", () -> trash().size() == 1);
    Files.write(folder.resolve("a0"), Payloads.noise(1, 5000));
    device.settle();
    WayBackOutcome back = device.agent.undelete(List.of(stub("a0")), Progress.silent());
    assertThat(back.renamed()).hasSize(1);
    String name = back.renamed().getFirst().name().getFileName().toString();
    assertThat(name).startsWith("a0 (restored by dotf ");
    restored(name, contentOf(contents, "a0"));
  }

  @Test
  void undo_takesBackTheLastBurst_thenTheOneBefore_alsoAfterARestart()
      throws IOException, InterruptedException {
    Map<String, byte[]> contents = stubs("a", 4);
    Files.delete(stub("a0"));
    eventually("it is in the trash", () -> trash().size() == 1);
    restored("a1", contentOf(contents, "a1"));
    byte[] rewritten = Payloads.noise(2, 9000);
    Files.write(folder.resolve("a1"), rewritten);
    device.settle();
    device.restart();
    device.settle();
    LastBurst burst = device.agent.lastBurst();
    assertThat(burst.files()).hasSize(2);
    WayBackOutcome back = undo();
    assertThat(back.outcome().files()).isEqualTo(2);
    assertThat(back.renamed()).hasSize(1);
    assertThat(back.renamed().getFirst().kept()).isTrue();
    assertThat(back.renamed().getFirst().name()).hasBinaryContent(rewritten);
    restored("a0", contentOf(contents, "a0"));
    restored("a1", contentOf(contents, "a1"));
    device.settle();
    assertThat(back.renamed().getFirst().name()).hasBinaryContent(rewritten);
    assertThatThrownBy(this::undo).isInstanceOf(NotFoundException.class);
    assertThat(device.agent.verify(true, problem -> {}).ok()).isTrue();
  }

  @Test
  void undo_ofARewriteThatIsAStubByNow_keepsThatStubBeside()
      throws IOException, InterruptedException {
    Map<String, byte[]> contents = stubs("a", 1);
    restored("a0", contentOf(contents, "a0"));
    byte[] rewritten = Payloads.noise(3, 9000);
    Files.write(folder.resolve("a0"), rewritten);
    device.settle();
    assertThat(
            device.agent.free(List.of(folder.resolve("a0")), Progress.silent()).replaced().failed())
        .isZero();
    WayBackOutcome back = undo();
    assertThat(back.renamed()).hasSize(1);
    String kept = back.renamed().getFirst().name().getFileName().toString();
    assertThat(kept).startsWith("a0 (before undo ");
    device.settle();
    assertThat(names()).containsExactlyInAnyOrder("a0.f", kept + ".f");
    restored("a0", contentOf(contents, "a0"));
    restored(kept, rewritten);
  }

  @Test
  void undo_ofADeletionThatWasNotEvenLookedAt_bringsItBack()
      throws IOException, InterruptedException {
    stubs("a", 3);
    device.agent.apply(slow());
    Files.delete(stub("a1"));
    eventually(
        "it is back",
        () -> {
          try {
            return undo().outcome().files() == 1;
          } catch (NotFoundException eventHasNotComeYet) {
            return false;
          }
        });
    assertThat(stub("a1")).exists();
  }

  private void heldFiles(int count) {
    eventually(
        count + " files are held",
        () -> status().problem() != null && device.agent.settlement().waiting() == count);
  }

  private static AgentSettings slow() {
    AgentSettings usual = TestDevice.settings(2);
    return new AgentSettings(
        Duration.ofMinutes(1),
        usual.linger(),
        usual.copies(),
        usual.stubMin(),
        usual.storeLimit(),
        usual.reserve(),
        usual.quarantine(),
        usual.trash(),
        usual.scan());
  }

  @Test
  void undo_leavesAFileAloneThatAProgramHasOpen() throws IOException, InterruptedException {
    Map<String, byte[]> contents = stubs("a", 1);
    restored("a0", contentOf(contents, "a0"));
    byte[] rewritten = Payloads.noise(2, 9000);
    Files.write(folder.resolve("a0"), rewritten);
    device.settle();
    try (RandomAccessFile open = new RandomAccessFile(folder.resolve("a0").toFile(), "rw")) {
      WayBackOutcome back = undo();
      assertThat(back.outcome().problems().getFirst().text()).contains("open");
      assertThat(open.length()).isEqualTo(9000);
    }
    assertThat(folder.resolve("a0")).hasBinaryContent(rewritten);
    eventually("it is at rest", () -> undo().outcome().files() == 1);
    restored("a0", contentOf(contents, "a0"));
  }

  @Test
  void manyDeletions_areHeld_andUndoTakesThemBack() throws IOException, InterruptedException {
    Map<String, byte[]> contents = stubs("dir/a", 30);
    deleteAll("dir");
    heldFiles(30);
    assertThat(status().problem()).contains("deleted").contains("dotf undo").contains("dotf allow");
    assertThat(trash()).isEmpty();
    assertThat(device.agent.settlement().reason()).contains("held");
    Settlement settlement = device.agent.await(Duration.ofSeconds(30), look -> {});
    assertThat(settlement.settled()).isFalse();
    assertThat(settlement.waiting()).isEqualTo(30);
    assertThat(settlement.reason()).contains("held");
    assertThat(device.agent.why(folder.resolve("dir/a7")).waitsFor()).contains("dotf undo");
    assertThat(device.agent.notice()).as("undo takes back what is held").isNull();
    inAPause_theHoldIsSaidOnce();

    device.restart();
    eventually("they are held again", () -> device.agent.settlement().waiting() == 30);
    assertThat(undo().outcome().files()).isEqualTo(30);
    device.settle();
    assertThat(status().problem()).isNull();
    assertThat(names()).hasSize(30).allMatch(name -> name.endsWith(".f"));
    restored("dir/a7", contentOf(contents, "dir/a7"));
  }

  private void inAPause_theHoldIsSaidOnce() throws IOException {
    device.agent.pause(null);
    AgentStatus status = device.agent.status();
    assertThat(status.paused()).isTrue();
    assertThat(status.held()).as("no storm").isNull();
    assertThat(status.waiting()).contains("30 files: held").doesNotContain("paused");
    assertThat(device.agent.settlement().reason()).containsOnlyOnce("paused").contains("held");
    assertThat(device.agent.why(folder.resolve("dir/a7")).waitsFor()).contains("dotf undo");
    device.agent.resume();
  }

  @Test
  void whatIsHeld_goesOnWhenItIsAllowed_andUndoStillBringsItBack()
      throws IOException, InterruptedException {
    stubs("dir/a", 30);
    deleteAll("dir");
    eventually("they are held", () -> status().problem() != null);
    var _ = device.agent.allow(folder, Duration.ofMinutes(10));
    eventually("they are in the trash", () -> trash().size() == 30);
    device.settle();
    assertThat(status().problem()).isNull();
    assertThat(undo().outcome().files()).isEqualTo(30);
    assertThat(names()).hasSize(30);
  }

  @Test
  void removingAFolderWhoseChangesAreHeld_endsThat() throws IOException, InterruptedException {
    stubs("dir/a", 30);
    deleteAll("dir");
    heldFiles(30);
    Removed removed = device.agent.removeFolder(folder, Removal.LEAVE_STUBS, Progress.silent());
    assertThat(removed.removed()).isTrue();
    device.restart();
    device.agent.addFolder(folder, false);
    device.settle();
    assertThat(status().problem()).isNull();
    assertThat(names()).as("the folder is taken up with all its stubs").hasSize(30);
    Files.delete(stub("dir/a7"));
    eventually("a single deletion is not held", () -> trash().size() == 1);
  }

  @Test
  void aShorterTrash_isObeyedAtOnce_andForWhatIsDeletedLater()
      throws IOException, InterruptedException {
    stubs("a", 2);
    Files.delete(stub("a0"));
    eventually("it is in the trash", () -> trash().size() == 1);
    long deleted = device.agent.status().space().trash();
    assertThat(deleted).isPositive();
    device.agent.apply(trash(Duration.ofSeconds(2)));
    eventually("it is forgotten", () -> device.agent.status().space().trash() == 0);
    Files.delete(stub("a1"));
    eventually("it is in the trash", () -> device.agent.status().space().trash() > 0);
    eventually("it is forgotten too", () -> device.agent.status().space().trash() == 0);
  }

  private static AgentSettings trash(Duration trash) {
    AgentSettings usual = TestDevice.settings(2);
    return new AgentSettings(
        usual.settle(),
        usual.linger(),
        usual.copies(),
        usual.stubMin(),
        usual.storeLimit(),
        usual.reserve(),
        usual.quarantine(),
        trash,
        usual.scan());
  }

  @Test
  void manyRewrites_areHeld_andUndoBringsTheVersionsBefore_keepingWhatWasWritten()
      throws IOException, InterruptedException {
    Map<String, byte[]> contents = stubs("a", 40);
    device.agent.restoreAll(null, Progress.silent());
    device.settle();
    for (String name : contents.keySet()) {
      // Some of the same size, as by a cipher in place.
      int size = contentOf(contents, name).length + (name.endsWith("1") ? 0 : 16);
      Files.write(folder.resolve(name), Payloads.noise(name.hashCode(), size));
    }
    eventually("they are held", () -> status().problem() != null);
    // The first ones may have come to rest before there were many.
    eventually("all are known", () -> device.agent.lastBurst().files().size() == 40);
    assertThat(device.agent.settlement().waiting()).isGreaterThan(20);

    WayBackOutcome back = undo();
    assertThat(back.outcome().problems()).isEmpty();
    assertThat(back.outcome().files()).isEqualTo(40);
    assertThat(back.renamed()).hasSize(40).allMatch(WayBackOutcome.Renamed::kept);
    device.settle();
    assertThat(status().problem()).isNull();
    for (String name : contents.keySet()) {
      restored(name, contentOf(contents, name));
    }
    for (WayBackOutcome.Renamed kept : back.renamed()) {
      String name = kept.path().getFileName().toString();
      int size = contentOf(contents, name).length + (name.endsWith("1") ? 0 : 16);
      if (Files.notExists(kept.name())) {
        restored(kept.name().getFileName().toString(), Payloads.noise(name.hashCode(), size));
      }
      assertThat(kept.name()).hasBinaryContent(Payloads.noise(name.hashCode(), size));
    }
  }

  @Test
  void movesNewFilesAndWorkingTrees_areNeverHeld() throws IOException, InterruptedException {
    stubs("dir/a", 30);
    Files.move(folder.resolve("dir"), folder.resolve("moved"));
    eventually(
        "the move is known",
        () -> Files.exists(stub("moved/a0")) && device.agent.status().space().originals() > 0);
    device.settle();
    assertThat(status().problem()).isNull();
    assertThat(trash()).isEmpty();
    assertThat(status().files()).isEqualTo(30);

    device.agent.restoreAll(null, Progress.silent());
    device.settle();
    Files.move(folder.resolve("moved"), folder.resolve("local"));
    eventually("the files are seen", () -> status().pending() > 0);
    device.settle();
    assertThat(status().problem()).as("local files that moved").isNull();

    Files.createDirectories(folder.resolve("repo/.git"));
    Files.writeString(folder.resolve("repo/.git/HEAD"), "ref: refs/heads/main\n");
    Files.createDirectories(folder.resolve("repo/src"));
    for (int i = 0; i < 40; i++) {
      Files.write(folder.resolve("repo/src/b" + i), Payloads.noise(i, 5_000));
    }
    eventually("they are seen", () -> status().files() >= 70);
    device.settle();
    deleteAll("repo/src");
    eventually("they are in the trash", () -> trash().size() >= 40);
    device.settle();
    assertThat(status().problem()).as("files under version control").isNull();
  }

  private void deleteAll(String directory) throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve(directory))) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
