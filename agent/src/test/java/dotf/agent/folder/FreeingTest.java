package dotf.agent.folder;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.journal.FileVersion;
import dotf.agent.journal.Versions;
import dotf.chunker.block.BlockAddress;
import dotf.fixtures.Payloads;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FreeingTest {
  @TempDir private Path base;
  private World world;
  private Scene scene;

  @BeforeEach
  void open() throws IOException {
    world = new World(base);
    scene = new Scene(world);
  }

  @AfterEach
  void close() throws IOException {
    scene.close();
    world.close();
  }

  @Test
  void freed_stubStandsForTheFile_andTheOriginalWaitsInTheQuarantine() throws IOException {
    scene.write("dir/a.txt", "content of a");
    Files.setPosixFilePermissions(
        scene.path("dir/a.txt"), PosixFilePermissions.fromString("rwxr-x--x"));
    Instant modified = Instant.parse("2001-02-03T04:05:06.123456789Z");
    Files.setLastModifiedTime(scene.path("dir/a.txt"), FileTime.from(modified));

    assertThat(scene.free("dir/a.txt")).isInstanceOf(ReplaceOutcome.Replaced.class);

    assertThat(scene.contents()).containsEntry("dir/a.txt.f", "stub of content of a").hasSize(2);
    assertThat(scene.contents().get(scene.quarantined().getFirst())).isEqualTo("content of a");
    assertThat(Files.getLastModifiedTime(scene.path("dir/a.txt.f")).toInstant())
        .isEqualTo(modified);
    assertThat(
            PosixFilePermissions.toString(Files.getPosixFilePermissions(scene.path("dir/a.txt.f"))))
        .isEqualTo("rw-r-----");
    assertThat(scene.quarantine.bytes()).isEqualTo(12);
  }

  @Test
  void purge_beforeItsTime_keepsTheOriginal_andAfterItRemovesIt() throws IOException {
    scene.write("a", "content");
    scene.free("a");
    world.time.advance(Duration.ofSeconds(59));
    assertThat(scene.quarantine.purge(Duration.ofMinutes(1), 10).removed()).isZero();
    assertThat(scene.quarantined()).hasSize(1);
    assertThat(scene.purge().removed()).isEqualTo(1);
    assertThat(scene.contents()).containsOnlyKeys("a.f");
    assertThat(scene.quarantine.bytes()).isZero();
  }

  @Test
  void purge_originalWrittenToMeanwhile_becomesAFileAgain() throws IOException {
    scene.write("dir/a.txt", "content");
    scene.free("dir/a.txt");
    Files.writeString(
        scene.path(scene.quarantined().getFirst()), " more", StandardOpenOption.APPEND);
    Quarantine.Purged purged = scene.purge();
    assertThat(purged.removed()).isZero();
    assertThat(purged.kept()).containsExactly("dir/a (kept by dotf 2026-11-21).txt");
    assertThat(scene.contents())
        .containsEntry("dir/a (kept by dotf 2026-11-21).txt", "content more")
        .containsEntry("dir/a.txt.f", "stub of content")
        .hasSize(2);
  }

  @Test
  void purge_originalStillOpenSomewhere_waitsAndGoesOnWithOthers() throws IOException {
    scene.write("a", "content a");
    scene.write("b", "content b");
    scene.free("a");
    try (FileChannel reader = FileChannel.open(scene.path(scene.quarantined().getFirst()))) {
      scene.free("b");
      world.time.advance(Scene.HOUR);
      assertThat(scene.quarantine.purge(Duration.ZERO, 1).waiting()).isEqualTo(1);
      assertThat(scene.quarantine.purge(Duration.ZERO, 1).removed()).isEqualTo(1);
      assertThat(reader.size()).isEqualTo(9);
    }
    assertThat(scene.purge().removed()).isEqualTo(0);
    assertThat(scene.purge().removed()).isEqualTo(1);
  }

  @Test
  void store_damagedInTheStore_isNotBelieved() throws IOException {
    scene.write("a", new String(Payloads.text(1, 50_000), UTF_8));
    StoreOutcome.Stored stored = scene.stored("a");
    BlockAddress chunk =
        world.blocks.addresses().stream()
            .filter(address -> !address.equals(stored.file().address()))
            .findFirst()
            .orElseThrow();
    world.blocks.flip(chunk, 4_000);
    Files.writeString(scene.path("b"), Files.readString(scene.path("a")));
    assertThat(scene.store("b")).isInstanceOf(StoreOutcome.Failed.class);
    assertThat(scene.names()).containsExactly("a", "b");
  }

  @Test
  void store_openForWriting_isInUse() throws IOException {
    scene.write("a", "content");
    try (FileChannel writer = FileChannel.open(scene.path("a"), StandardOpenOption.WRITE)) {
      assertThat(scene.store("a")).isInstanceOf(StoreOutcome.InUse.class);
      assertThat(writer.isOpen()).isTrue();
    }
    assertThat(scene.store("a")).isInstanceOf(StoreOutcome.Stored.class);
  }

  @Test
  void replace_mappedAfterClose_isInUse() throws IOException {
    scene.write("a", "content");
    try (Arena mapping = Arena.ofConfined()) {
      Replacement replacement = scene.replacement("a");
      try (FileChannel writer =
          FileChannel.open(scene.path("a"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        assertThat(writer.map(MapMode.READ_WRITE, 0, 7, mapping).byteSize()).isEqualTo(7);
      }
      assertThat(scene.freeing.replace(scene.folder, List.of(replacement)))
          .singleElement()
          .isInstanceOf(ReplaceOutcome.InUse.class);
    }
  }

  @Test
  void replace_sameSizeEditWithItsTimeSetBack_isNoticed() throws IOException {
    scene.write("a", "content");
    FileTime modified = Files.getLastModifiedTime(scene.path("a"));
    Replacement replacement = scene.replacement("a");
    Files.writeString(scene.path("a"), "CONTENT");
    Files.setLastModifiedTime(scene.path("a"), modified);
    assertThat(scene.freeing.replace(scene.folder, List.of(replacement)))
        .singleElement()
        .isInstanceOf(ReplaceOutcome.Changed.class);
    assertThat(scene.contents()).containsEntry("a", "CONTENT").hasSize(1);
  }

  @Test
  void store_whatIsNoFileOfTheUsers_isRefused() throws Exception {
    scene.write("a", "content");
    scene.free("a");
    Files.createSymbolicLink(scene.path("link"), Path.of("a.f"));
    assertThat(new ProcessBuilder("mkfifo", scene.path("pipe").toString()).start().waitFor())
        .isZero();
    Files.writeString(scene.path("damaged.f"), "dotf-stub 1 cut");
    assertThat(scene.store("a.f")).isInstanceOf(StoreOutcome.Refused.class);
    assertThat(scene.store("link")).isInstanceOf(StoreOutcome.Refused.class);
    assertThat(scene.store("pipe")).isInstanceOf(StoreOutcome.Refused.class);
    assertThat(scene.store("damaged.f")).isInstanceOf(StoreOutcome.Refused.class);
    assertThat(scene.store("none")).isInstanceOf(StoreOutcome.Gone.class);
    assertThat(scene.store("none/deep")).isInstanceOf(StoreOutcome.Gone.class);
  }

  @Test
  void hardLinksAndLongNames_areStoredAndNeverReplaced() throws IOException {
    scene.write("a", "content");
    Files.createLink(scene.path("b"), scene.path("a"));
    scene.write("n".repeat(254), "content");
    assertThat(scene.stored("a").obstacle()).isEqualTo(Obstacle.HARD_LINKS);
    assertThat(scene.stored("n".repeat(254)).obstacle()).isEqualTo(Obstacle.NAME_TOO_LONG);
    assertThat(scene.free("a")).isEqualTo(new ReplaceOutcome.Refused(Obstacle.HARD_LINKS));
    assertThat(scene.free("n".repeat(254)))
        .isEqualTo(new ReplaceOutcome.Refused(Obstacle.NAME_TOO_LONG));
  }

  @Test
  void aDatabase_isStoredAndNeverReplaced_whateverItsName() throws IOException {
    scene.write("ledger.data", "SQLite format 3\0 and its pages");
    scene.write("story.data", "SQLite format 3 is what this story is about");
    assertThat(scene.stored("ledger.data").obstacle()).isEqualTo(Obstacle.DATABASE);
    assertThat(scene.stored("story.data").obstacle()).isNull();
  }

  @Test
  void suffixStack_onlyTheLongestBecomesAStub_inWhateverOrder() throws IOException {
    for (String name : List.of("a", "a.f", "a.f.f")) {
      scene.write(name, "content of " + name);
    }
    assertThat(scene.free("a.f")).isEqualTo(new ReplaceOutcome.NameTaken("a.f.f"));
    assertThat(scene.free("a")).isEqualTo(new ReplaceOutcome.NameTaken("a.f"));
    assertThat(scene.free("a.f.f")).isInstanceOf(ReplaceOutcome.Replaced.class);
    assertThat(scene.free("a.f")).isEqualTo(new ReplaceOutcome.NameTaken("a.f.f.f"));
    assertThat(scene.free("a")).isEqualTo(new ReplaceOutcome.NameTaken("a.f"));
    scene.purge();
    assertThat(scene.restore("a.f.f.f")).isInstanceOf(RestoreOutcome.Restored.class);
    assertThat(scene.contents())
        .containsEntry("a", "content of a")
        .containsEntry("a.f", "content of a.f")
        .containsEntry("a.f.f", "content of a.f.f")
        .hasSize(3);
  }

  @Test
  void newVersionBesideItsOwnStub_takesTheStubsPlace() throws IOException {
    scene.write("a", "first");
    scene.free("a");
    scene.write("a", "second");
    assertThat(scene.free("a")).isInstanceOf(ReplaceOutcome.Replaced.class);
    scene.purge();
    assertThat(scene.contents()).containsOnlyKeys("a.f").containsEntry("a.f", "stub of second");
  }

  @Test
  void retireStub_takesADamagedStubToo_whenItSaysItIsOfTheVersionThatIsThere() throws IOException {
    scene.write("a", "first");
    scene.free("a");
    FileVersion present = scene.present("a");
    Path stub = world.root.resolve("a.f");
    Files.setPosixFilePermissions(stub, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(stub, "more", StandardOpenOption.APPEND);
    assertThat(scene.freeing.retireStub(scene.folder, "a", present)).isFalse();
    scene.write("a", "first");
    assertThat(scene.freeing.retireStub(scene.folder, "a", Versions.random(new Random(1))))
        .isFalse();
    assertThat(scene.freeing.retireStub(scene.folder, "a", present)).isTrue();
    scene.purge();
    assertThat(scene.contents()).containsOnlyKeys("a");
  }

  @Test
  void retireStub_onlyThatFilesAuthenticStub_andOnlyBesideTheFile() throws IOException {
    scene.write("a", "first");
    scene.free("a");
    FileVersion present = scene.present("a");
    assertThat(scene.freeing.retireStub(scene.folder, "a", present)).isFalse();
    scene.write("a", "second");
    assertThat(scene.freeing.retireStub(scene.folder, "a", scene.present("b"))).isFalse();
    assertThat(scene.contents()).containsEntry("a.f", "stub of first");
    assertThat(scene.freeing.retireStub(scene.folder, "a", present)).isTrue();
    scene.purge();
    assertThat(scene.contents()).containsOnlyKeys("a");
  }

  @Test
  void batch_eachFileItsOwnFate() throws IOException {
    List<StoreRequest> requests = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      scene.write("dir" + i % 3 + "/file" + i, "content " + i);
      requests.add(scene.request("dir" + i % 3 + "/file" + i));
    }
    List<Replacement> replacements = new ArrayList<>();
    for (StoreOutcome outcome : scene.freeing.store(scene.folder, requests)) {
      StoreOutcome.Stored stored = (StoreOutcome.Stored) outcome;
      String path = requests.get(replacements.size()).path();
      replacements.add(new Replacement(path, stored.file(), stored.stat()));
    }
    Files.writeString(scene.path("dir0/file0"), "edited");
    Files.delete(scene.path("dir1/file1"));
    scene.write("dir2/file2.f", "my Fortran");
    List<ReplaceOutcome> outcomes = scene.freeing.replace(scene.folder, replacements);
    assertThat(outcomes.get(0)).isInstanceOf(ReplaceOutcome.Changed.class);
    assertThat(outcomes.get(1)).isInstanceOf(ReplaceOutcome.Gone.class);
    assertThat(outcomes.get(2)).isInstanceOf(ReplaceOutcome.NameTaken.class);
    assertThat(outcomes.subList(3, 200))
        .allMatch(outcome -> outcome instanceof ReplaceOutcome.Replaced);
    assertThat(scene.purge().removed()).isEqualTo(197);
    assertThat(scene.contents())
        .hasSize(200)
        .containsEntry("dir0/file0", "edited")
        .containsEntry("dir2/file2", "content 2")
        .containsEntry("dir2/file2.f", "my Fortran")
        .containsEntry("dir1/file199.f", "stub of content 199");
  }

  @Test
  void replace_storeDamagedOrLostSinceItWasStored_keepsTheOriginal() throws IOException {
    for (boolean lost : new boolean[] {true, false}) {
      String name = "lost" + lost;
      String content = new String(Payloads.text(lost ? 1 : 2, 50_000), UTF_8);
      scene.write(name, content);
      Set<BlockAddress> before = world.blocks.addresses();
      Replacement replacement = scene.replacement(name);
      for (BlockAddress address : world.blocks.addresses()) {
        if (!before.contains(address) && !address.equals(replacement.file().address())) {
          if (lost) {
            assertThat(world.blocks.remove(address)).isTrue();
          } else {
            world.blocks.flip(address, 4_000);
          }
        }
      }
      assertThat(scene.freeing.replace(scene.folder, List.of(replacement)).getFirst())
          .isInstanceOf(ReplaceOutcome.Failed.class);
      assertThat(Files.readString(scene.path(name))).isEqualTo(content);
      assertThat(scene.quarantined()).isEmpty();
    }
  }

  @Test
  void replace_contentIsNotWhatWasStored_thoughAllFiguresAre_keepsTheFile() throws IOException {
    scene.write("a", "content 1");
    scene.write("b", "content 2");
    StoreOutcome.Stored one = scene.stored("a");
    StoreOutcome.Stored two = scene.stored("b");
    Replacement mistaken = new Replacement("b", one.file(), two.stat());
    assertThat(scene.freeing.replace(scene.folder, List.of(mistaken)).getFirst())
        .isInstanceOf(ReplaceOutcome.Changed.class);
    assertThat(scene.contents()).isEqualTo(java.util.Map.of("a", "content 1", "b", "content 2"));
  }

  @Test
  void unsoundStore_nothingIsReplacedNorPurged_andRestoringGoesOn() throws IOException {
    scene.write("a", "content a");
    scene.write("b", "content b");
    scene.free("a");
    world.unsound = true;
    assertThat(scene.free("b"))
        .isInstanceOfSatisfying(
            ReplaceOutcome.Failed.class,
            failed -> assertThat(failed.cause()).isInstanceOf(UnsoundStoreException.class));
    assertThat(scene.purge()).isEqualTo(new Quarantine.Purged(0, List.of(), 1));
    assertThat(scene.quarantined()).hasSize(1);
    assertThat(scene.restore("a.f")).isInstanceOf(RestoreOutcome.Restored.class);
    assertThat(scene.contents()).containsEntry("a", "content a").containsEntry("b", "content b");
    world.unsound = false;
    assertThat(scene.free("b")).isInstanceOf(ReplaceOutcome.Replaced.class);
    assertThat(scene.purge().removed()).isEqualTo(2);
  }

  @Test
  void store_theDiskIsFull_leavesTheFileAlone() throws IOException {
    scene.write("a", "content");
    Freeing full =
        new Freeing(
            scene.vault,
            new FullSink(world.blocks),
            world.blocks,
            Permission.ALWAYS,
            scene.intents,
            world.time,
            Duration.ZERO);
    assertThat(full.store(scene.folder, scene.request("a")))
        .isInstanceOf(StoreOutcome.Failed.class);
    assertThat(scene.contents()).containsEntry("a", "content").hasSize(1);
  }
}
