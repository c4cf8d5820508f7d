package dotf.agent.folder;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dotf.chunker.Checkpoint;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import dotf.fixtures.Tree;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RestoringTest {
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

  private void freed(String name, String content) throws IOException {
    scene.write(name, content);
    assertThat(scene.free(name)).isInstanceOf(ReplaceOutcome.Replaced.class);
    scene.purge();
  }

  @Test
  void restored_sparseFile_isSparseAgain_andTheSame() throws Exception {
    long size = (48 << 20) + 77;
    Path reference = base.resolve("reference");
    for (Path path : List.of(reference, scene.path("disk.img"))) {
      try (FileChannel file =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        file.write(ByteBuffer.wrap(Payloads.noise(1, 200_000)), 5_000);
        file.write(ByteBuffer.wrap(Payloads.noise(2, 1_000_001)), (24 << 20) + 123);
        file.write(ByteBuffer.wrap(new byte[] {1}), size - 1);
      }
    }
    assumeTrue(usedKib(reference) < 4096, "this filesystem has no holes");
    assertThat(scene.free("disk.img")).isInstanceOf(ReplaceOutcome.Replaced.class);
    scene.purge();
    assertThat(scene.restore("disk.img.f")).isInstanceOf(RestoreOutcome.Restored.class);
    assertThat(Files.mismatch(reference, scene.path("disk.img"))).isEqualTo(-1);
    assertThat(usedKib(scene.path("disk.img"))).isLessThan(4096);
  }

  private static long usedKib(Path file) throws Exception {
    Process du = new ProcessBuilder("du", "-k", file.toString()).start();
    String line = du.inputReader().readLine();
    assertThat(du.waitFor()).isZero();
    return Long.parseLong(line.substring(0, line.indexOf('\t')));
  }

  @Test
  void holes_anyContentAtAnyPosition_isWrittenAsItIs() throws IOException {
    Random random = Seed.random("holes");
    for (int round = 0; round < 50; round++) {
      byte[] content = new byte[1 + random.nextInt(600_000)];
      for (int i = random.nextInt(4); i > 0; i--) {
        byte[] noise = Payloads.noise(random.nextLong(), 1 + random.nextInt(3) * 40_000);
        int at = random.nextInt(content.length);
        System.arraycopy(noise, 0, content, at, Math.min(noise.length, content.length - at));
      }
      int shift = random.nextInt(10_000);
      try (OpenFile file = scene.folder.root().createUnnamed(0600)) {
        file.allocate(shift + content.length);
        Holes.write(file, ByteBuffer.wrap(content), shift);
        ByteBuffer read = ByteBuffer.allocate(content.length);
        assertThat(file.read(read, shift)).isEqualTo(content.length);
        assertThat(read.array()).isEqualTo(content);
      }
    }
  }

  @Test
  void restored_sizeModeTimesAttributesAndContentAreTheOriginals() throws IOException {
    for (int size : new int[] {0, 1, 4095, 4096, 300_000, 3_000_000}) {
      String name = "dir/file " + size;
      scene.write(name, new String(Payloads.text(size, size), UTF_8));
      Path path = scene.path(name);
      Files.setAttribute(path, "user:note", UTF_8.encode("kept " + size));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--r-x---"));
      Files.setLastModifiedTime(path, FileTime.from(Instant.parse("1969-02-03T04:05:06.7Z")));
      Tree before = Tree.of(world.root);
      assertThat(scene.free(name)).isInstanceOf(ReplaceOutcome.Replaced.class);
      scene.purge();
      assertThat(scene.restore(name + ".f")).isInstanceOf(RestoreOutcome.Restored.class);
      assertThat(Tree.of(world.root)).isEqualTo(before);
      assertThat((byte[]) Files.getAttribute(path, "user:note"))
          .isEqualTo(("kept " + size).getBytes(UTF_8));
    }
    assertThat(scene.quarantined()).isEmpty();
  }

  @Test
  void renamedStub_restoresUnderItsNewName() throws IOException {
    freed("a", "content");
    Files.move(scene.path("a.f"), scene.path("b.f"));
    assertThat(scene.restore("b.f")).isInstanceOf(RestoreOutcome.Restored.class);
    assertThat(scene.contents()).containsEntry("b", "content").hasSize(1);
  }

  @Test
  void stubWithoutItsSuffix_isRestoredInPlace() throws IOException {
    freed("dir/a", "content");
    Files.move(scene.path("dir/a.f"), scene.path("dir/a"));
    assertThat(scene.restore("dir/a")).isInstanceOf(RestoreOutcome.Restored.class);
    assertThat(scene.contents()).containsEntry("dir/a", "content").hasSize(1);
  }

  @Test
  void stubWithoutItsSuffix_overwrittenMeanwhile_theUsersContentStays() throws IOException {
    freed("a", "content");
    Files.move(scene.path("a.f"), scene.path("a"));
    HookedDisk.Hook overwrite =
        (call, name) -> {
          if (call.equals("exchange") && Files.size(scene.path("a")) > 100) {
            Files.writeString(base.resolve("mine"), "mine");
            Files.move(
                base.resolve("mine"),
                scene.path("a"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
          }
        };
    scene.close();
    scene = new Scene(world, overwrite, java.time.Duration.ZERO);
    assertThat(scene.restore("a")).isInstanceOf(RestoreOutcome.NotAStub.class);
    assertThat(scene.contents()).containsEntry("a", "mine").hasSize(1);
  }

  @Test
  void nameTakenByTheSameContent_isNotWrittenAgain() throws IOException {
    freed("a", "content");
    scene.write("a", "content");
    assertThat(scene.restore("a.f")).isInstanceOf(RestoreOutcome.AlreadyThere.class);
    assertThat(scene.contents()).containsEntry("a", "content").hasSize(1);
  }

  @Test
  void nameTakenByOtherContent_bothAreKept() throws IOException {
    freed("a.txt", "content");
    scene.write("a.txt", "mine");
    assertThat(scene.restore("a.txt.f"))
        .isInstanceOfSatisfying(
            RestoreOutcome.Conflict.class,
            conflict ->
                assertThat(conflict.path()).isEqualTo("a (restored by dotf 2026-11-21).txt"));
    assertThat(scene.contents())
        .containsEntry("a.txt", "mine")
        .containsEntry("a (restored by dotf 2026-11-21).txt", "content")
        .hasSize(2);
  }

  @Test
  void nameTakenByADirectory_restoresBesideIt() throws IOException {
    freed("a", "content");
    Files.createDirectory(scene.path("a"));
    assertThat(scene.restore("a.f")).isInstanceOf(RestoreOutcome.Conflict.class);
  }

  @Test
  void missingBlock_restoresNothingAndKeepsTheStub() throws IOException {
    freed("a", new String(Payloads.text(7, 100_000), UTF_8));
    String stub = Files.readString(scene.path("a.f"));
    for (var address : world.blocks.addresses()) {
      world.blocks.remove(address);
    }
    assertThat(scene.restore("a.f")).isInstanceOf(RestoreOutcome.Missing.class);
    assertThat(Files.readString(scene.path("a.f"))).isEqualTo(stub);
    assertThat(world.root.toFile().list()).containsExactlyInAnyOrder(".dotf", "a.f");
  }

  @Test
  void damagedBlock_restoresNothingAndKeepsTheStub() throws IOException {
    freed("a", new String(Payloads.text(7, 100_000), UTF_8));
    for (var address : world.blocks.addresses()) {
      world.blocks.flip(address, 300);
    }
    assertThatThrownBy(() -> scene.restore("a.f")).isInstanceOf(IOException.class);
    assertThat(world.root.toFile().list()).containsExactlyInAnyOrder(".dotf", "a.f");
    assertThat(base.resolve("folder/.dotf/q").toFile().list()).isEmpty();
  }

  @Test
  void whatIsNoStub_isNeverRestored() throws IOException {
    freed("a", "content");
    String stub = Files.readString(scene.path("a.f"));
    scene.write("edited.f", stub.replace("was named", "was Named"));
    scene.write("cut.f", stub.substring(0, stub.length() - 5));
    scene.write("crlf.f", stub.replace("\n", "\r\n"));
    scene.write("fortran.f", "      program dotf");
    assertThat(scene.restore("edited.f")).isInstanceOf(RestoreOutcome.Damaged.class);
    assertThat(scene.restore("cut.f")).isInstanceOf(RestoreOutcome.Damaged.class);
    assertThat(scene.restore("crlf.f")).isInstanceOf(RestoreOutcome.Damaged.class);
    assertThat(scene.restore("fortran.f")).isInstanceOf(RestoreOutcome.NotAStub.class);
    assertThat(scene.restore("none.f")).isInstanceOf(RestoreOutcome.Gone.class);
    assertThat(scene.names()).hasSize(5);
  }

  @Test
  void moreThanFitsAboveTheReserve_isNotFetched() throws IOException {
    freed("a", "content");
    RestoreOptions options = new RestoreOptions(Long.MAX_VALUE / 2, bytes -> {}, Checkpoint.NONE);
    assertThat(scene.restoring.restore(scene.folder, "a.f", world.blocks, options))
        .isInstanceOf(RestoreOutcome.NoSpace.class);
    assertThat(scene.names()).containsExactly("a.f");
  }

  @Test
  void manyAskAtOnce_restoredOnceAndAllAreTold() throws Exception {
    freed("a", new String(Payloads.text(3, 2_000_000), UTF_8));
    AtomicLong written = new AtomicLong();
    RestoreOptions options = new RestoreOptions(0, written::addAndGet, Checkpoint.NONE);
    List<Future<RestoreOutcome>> outcomes = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        outcomes.add(
            pool.submit(() -> scene.restoring.restore(scene.folder, "a.f", world.blocks, options)));
      }
    }
    for (Future<RestoreOutcome> outcome : outcomes) {
      assertThat(outcome.get())
          .isInstanceOfAny(RestoreOutcome.Restored.class, RestoreOutcome.Gone.class);
    }
    assertThat(written.get()).isEqualTo(2_000_000);
    assertThat(scene.names()).containsExactly("a");
  }

  @Test
  void copiedElsewhere_theStubStays() throws IOException {
    freed("dir/a", "content");
    Path target = Files.createDirectory(base.resolve("target"));
    try (Directory from = scene.folder.directory("dir");
        Directory to = scene.folder.disk().open(target)) {
      for (int i = 0; i < 2; i++) {
        scene.restoring.copy(
            from, "a.f", scene.folder.disk(), to, target, world.blocks, RestoreOptions.PLAIN);
      }
    }
    assertThat(target.resolve("a")).hasContent("content");
    assertThat(target.toFile().list()).hasSize(1);
    assertThat(scene.names()).containsExactly("dir/a.f");
  }
}
