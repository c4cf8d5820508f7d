package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.agent.catalog.FileState;
import dotf.chunker.key.VaultSecret;
import dotf.dht.group.HeadRecord;
import dotf.fixtures.Seed;
import dotf.fixtures.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories on other disks, as a user has them and loses them. */
class HolderDirectoriesTest {
  private final Random random = Seed.random("holder directories");
  private Path folder;
  private Path disk;
  private TestDevice device;

  @TempDir Path base;

  @BeforeEach
  void start() throws IOException {
    folder = Files.createDirectory(base.resolve("Sync"));
    disk = Files.createDirectory(base.resolve("disk")).toRealPath();
    device = TestDevice.alone(base.resolve("home"));
  }

  @AfterEach
  void stop() throws IOException {
    device.close();
  }

  private HolderDirectories holders() {
    return device.agent.directories();
  }

  private Path file(String name, int bytes) throws IOException {
    byte[] content = new byte[bytes];
    random.nextBytes(content);
    return Files.write(folder.resolve(name), content);
  }

  private static Path stub(Path file) {
    return file.resolveSibling(file.getFileName() + ".f");
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Test
  void oneDirectory_isEnoughForOneMachine_andBringsEverythingBackAfterTheLossOfTheStore()
      throws IOException, InterruptedException {
    device.agent.addFolder(folder, false);
    HolderDirectories.Row row = holders().add(disk, true);
    assertThat(row.reachable()).isTrue();
    Tree before = Tree.write(folder, random, 15, 60_000);
    Path some = file("some", 200_000);
    Tree all = Tree.of(folder);
    assertThat(all).isNotEqualTo(before);
    device.settle();

    assertThat(device.row(some).state()).isEqualTo(FileState.STUB);
    Holding holding = device.agent.where(some);
    assertThat(holding.copies()).isEqualTo(1);
    assertThat(holding.holders()).extracting(Holding.Holder::directory).containsExactly(disk);
    assertThat(device.agent.status().safety().onlyHere()).isZero();
    assertThat(holders().list().getFirst().blocks()).isGreaterThan(10);
    assertThat(holders().list().getFirst().bytes()).isGreaterThan(200_000);

    device.stop();
    delete(device.home.resolve("store"));
    device.start();
    Outcome outcome = device.agent.restoreAll(null, Progress.silent());
    assertThat(outcome.problems()).isEmpty();
    assertThat(Tree.of(folder)).isEqualTo(all);
  }

  @Test
  void whileItIsUnplugged_filesWait_andSayWhy_untilItIsBack()
      throws IOException, InterruptedException {
    device.agent.addFolder(folder, false);
    holders().add(disk, true);
    Path away = base.resolve("away");
    Files.move(disk, away);
    assertThat(holders().look().getFirst().problem()).contains("is not there (unplugged");
    Path file = file("a", 50_000);
    Settlement settlement = device.agent.await(Duration.ofSeconds(15), look -> {});
    assertThat(settlement.waiting()).isEqualTo(1);
    assertThat(settlement.reason()).contains(disk + " is not there");
    assertThat(file).exists();

    Files.move(away, disk);
    eventually(Duration.ofSeconds(30), "it goes", () -> Files.notExists(file));
    assertThat(stub(file)).exists();
  }

  @Test
  void aBlockThatRottedThere_countsNoMore_alsoAfterARestart_andIsSentAgain()
      throws IOException, InterruptedException {
    device.agent.addFolder(folder, false);
    holders().add(disk, true);
    Path file = file("a", 50_000);
    device.settle();
    Path block = largest(disk);
    byte[] good = Files.readAllBytes(block);
    Files.write(block, new byte[good.length]);
    device.stop();
    Path store = device.home.resolve("store");
    Files.move(store, base.resolve("lost store"));
    device.start();

    Outcome failed = device.agent.restore(List.of(stub(file)), null, Progress.silent());
    assertThat(failed.failed()).isEqualTo(1);
    assertThat(device.agent.where(stub(file)).copies()).isZero();
    device.restart();
    assertThat(device.agent.where(stub(file)).copies()).isZero();

    device.stop();
    delete(store);
    Files.move(base.resolve("lost store"), store);
    device.start();
    eventually("it is sent again", () -> device.agent.where(stub(file)).copies() == 1);
    assertThat(block).hasBinaryContent(good);
  }

  @Test
  void afterTheLossOfHomeAndFolder_phraseAndDirectoryBringEverythingBack()
      throws IOException, InterruptedException {
    VaultSecret vault = VaultSecret.random(new SecureRandom());
    Tree before;
    try (TestDevice lost = new TestDevice(base.resolve("lost"), vault, TestDevice.settings(1))) {
      lost.agent.directories().add(disk, true);
      lost.agent.addFolder(folder, false);
      before = Tree.write(folder, random, 10, 50_000);
      lost.settle();
      eventually("the head is there", () -> newestHead(lost) && lost.agent.isPublished());
    }
    delete(base.resolve("lost"));
    delete(folder);

    Files.createDirectory(folder);
    Agent.expectRecovery(base.resolve("again"));
    try (TestDevice again = new TestDevice(base.resolve("again"), vault, TestDevice.settings(1))) {
      again.agent.directories().add(disk, true);
      again.agent.addFolder(folder, false);
      eventually("every stub is back", () -> again.agent.folders().getFirst().stubs() == 10);
      again.settle();
      assertThat(again.agent.restoreAll(null, Progress.silent()).problems()).isEmpty();
      assertThat(Tree.of(folder)).isEqualTo(before);
    }
  }

  /** Whether the directory knows the newest head that the device itself knows. */
  private boolean newestHead(TestDevice lost) throws IOException {
    Path kept = disk.resolve("dotf-blocks/heads/" + lost.node.id());
    return Files.exists(kept)
        && lost.node.heads(lost.node.owner()).getFirst().sequence()
            == HeadRecord.decode(Files.readAllBytes(kept)).sequence();
  }

  @Test
  void aHolderAndANode_areTwoCopies() throws IOException, InterruptedException {
    try (TestDevice other =
        new TestDevice(
            base.resolve("other"),
            VaultSecret.random(new SecureRandom()),
            TestDevice.settings(2))) {
      other.join(device);
      holders().add(disk, true);
      device.agent.addFolder(folder, false);
      Path file = file("a", 50_000);
      device.settle();
      Holding holding = device.agent.where(stub(file));
      assertThat(holding.copies()).isEqualTo(2);
      assertThat(holding.holders()).hasSize(2);
    }
  }

  @Test
  void removing_saysWhatIsLost_andItsCopiesCountNoMore() throws IOException, InterruptedException {
    device.agent.addFolder(folder, false);
    HolderDirectories.Row row = holders().add(disk, true);
    Path file = file("a", 50_000);
    device.settle();
    HolderDirectories.Removal removal = holders().removal(disk.toString());
    assertThat(removal.fewer()).isEqualTo(row(disk).blocks()).isPositive();
    assertThat(removal.onlyThere()).isZero();

    Tree there = Tree.of(disk);
    holders().remove(row.id().brief(), false);
    assertThat(holders().list()).isEmpty();
    assertThat(Tree.of(disk)).isEqualTo(there);
    eventually("no copy counts", () -> device.agent.where(stub(file)).copies() == 0);
    assertThat(device.agent.status().safety().onlyHere()).isEqualTo(1);
    assertThatThrownBy(() -> holders().remove(disk.toString(), false))
        .isInstanceOf(NotFoundException.class);

    holders().add(disk, true);
    eventually("it counts again", () -> device.agent.where(stub(file)).copies() == 1);
  }

  private HolderDirectories.Row row(Path path) {
    return holders().list().stream()
        .filter(row -> row.path().equals(path))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theLastCopy_isNotGivenUp_unlessKnowingly() throws IOException, InterruptedException {
    device.agent.addFolder(folder, false);
    holders().add(disk, true);
    file("a", 50_000);
    device.settle();
    device.stop();
    delete(device.home.resolve("store"));
    device.start();

    assertThat(holders().removal(disk.toString()).onlyThere()).isPositive();
    assertThatThrownBy(() -> holders().remove(disk.toString(), false))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("nowhere else");
    assertThat(holders().list()).hasSize(1);
    holders().remove(disk.toString(), true);
    assertThat(holders().list()).isEmpty();
  }

  @Test
  void placesThatProtectNothing_orAreTaken_areRefused() throws IOException {
    device.agent.addFolder(folder, false);
    refused(folder, "inside the watched folder");
    refused(Files.createDirectory(folder.resolve("below")), "inside the watched folder");
    refused(device.home, "among dotf's own files");
    refused(device.home.resolve("store"), "among dotf's own files");
    assertThatThrownBy(() -> holders().add(disk, false))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining("same filesystem")
        .hasMessageContaining("--yes");
    assertThat(disk).isEmptyDirectory();
    assertThat(holders().preview(disk).warning()).contains("same filesystem");

    holders().add(disk, true);
    refused(disk, "holder already");
    refused(Files.createSymbolicLink(base.resolve("link"), disk), "holder already");
    refused(disk.resolve("dotf-blocks"), "inside the holder");
    assertThatThrownBy(() -> holders().add(base.resolve("nothing"), true))
        .isInstanceOf(NotFoundException.class);
    assertThatThrownBy(() -> holders().add(Files.createFile(base.resolve("file")), true))
        .isInstanceOf(NotFoundException.class);
    assertThat(holders().list()).hasSize(1);
  }

  private void refused(Path directory, String why) {
    assertThatThrownBy(() -> holders().add(directory, true))
        .isInstanceOf(RefusedException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aFolderThatHoldsAHoldersBlocks_isNotWatched() throws IOException {
    holders().add(disk, true);
    for (Path overlapping : List.of(disk, disk.resolve("dotf-blocks"), base)) {
      assertThatThrownBy(() -> device.agent.addFolder(overlapping, false))
          .isInstanceOf(RefusedException.class);
    }
    device.agent.addFolder(Files.createDirectory(disk.resolve("beside")), false);
  }

  private static Path largest(Path below) throws IOException {
    try (Stream<Path> paths = Files.walk(below)) {
      return paths
          .filter(Files::isRegularFile)
          .max((a, b) -> Long.compare(a.toFile().length(), b.toFile().length()))
          .orElseThrow();
    }
  }
}
