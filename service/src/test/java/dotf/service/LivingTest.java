package dotf.service;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dotf.fixtures.Payloads;
import dotf.service.Machine.Result;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A machine with many stubs, and programs that read them all, as real processes. */
final class LivingTest {
  private static final int FILES = 600;
  private static final int DIRECTORIES = 7;
  private static final int RESTORED_MAX = 8;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir private Path base;

  /** Listed by directory: a walk fails when a file goes while it is under way. */
  private static List<Path> stubs(Path folder) {
    List<Path> stubs = new ArrayList<>();
    for (int i = 0; i < DIRECTORIES; i++) {
      Path directory = folder.resolve("d" + i);
      for (String name : Objects.requireNonNull(directory.toFile().list())) {
        if (name.endsWith(".f")) {
          stubs.add(directory.resolve(name));
        }
      }
    }
    return stubs;
  }

  /** Runs a program over the folder; skips the test where it is not installed. */
  private void read(Path folder, String... command) throws Exception {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(new File("/dev/null"))
              .start();
    } catch (IOException e) {
      assumeTrue(false, "skipped: " + command[0] + " is not installed");
      return;
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void programsThatReadAllStubs_restoreEight_untilTheyAreAllowed() throws Exception {
    try (Machine machine = Machine.made(base)) {
      Path folder = machine.folder();
      for (int i = 0; i < FILES; i++) {
        Path file = folder.resolve("d" + i % DIRECTORIES + "/" + i + ".txt");
        Files.createDirectories(file.getParent());
        Files.write(file, Payloads.text(i, 6000));
      }
      machine.start();
      machine.add();
      eventually(LIMIT, "all are stubs", () -> stubs(folder).size() == FILES);
      machine.await();

      read(folder, "grep", "-r", "nothing that is in them", ".");
      eventually(
          LIMIT,
          "status says what is held",
          () -> machine.run("status", "--json").out().contains("dotf allow"));
      read(folder, "tar", "cf", base.resolve("all.tar").toString(), ".");
      machine.await();
      assertThat(stubs(folder)).hasSizeBetween(FILES - RESTORED_MAX, FILES);
      assertThat(machine.run("status").succeeded().out())
          .contains("held: ")
          .contains("restored within")
          .contains("dotf allow lets it go on");
      Path held = stubs(folder).getLast();
      assertThat(machine.run("why", held.toString()).succeeded().out()).contains("held back");
      machine.run("restore", held.toString()).succeeded();
      assertThat(held).doesNotExist();

      Result allowed = machine.run("allow", "--for", "10m").succeeded();
      assertThat(allowed.out()).contains("allowed until").contains("being brought back");
      machine.await();
      assertThat(stubs(folder)).isEmpty();
      assertThat(machine.run("status", "--json").succeeded().out()).contains("\"held\":null");
      machine.run("allow", "--for", "25h").refused(2);
      machine.run("allow", base.toString()).refused(66);
    }
  }

  @Test
  void keeping_pausing_andRemovingBothWays() throws Exception {
    try (Machine machine = Machine.made(base)) {
      List<String> names = List.of("kept/a.txt", "b.txt", "c.txt");
      Files.createDirectory(machine.file("kept"));
      for (String name : names) {
        Files.write(machine.file(name), Payloads.text(name.hashCode(), 9000));
      }
      machine.start();
      machine.add();
      machine.awaitStubs(names);

      Result kept = machine.run("keep", machine.file("kept").toString()).succeeded();
      assertThat(kept.out()).contains("/kept/").contains("restored 1 file");
      assertThat(machine.file("kept/a.txt")).exists();
      machine.run("keep", machine.file("absent").toString()).refused(66);
      machine.run("unkeep", machine.file("kept").toString()).succeeded();
      assertThat(Files.readString(machine.file(".dotfkeep"))).isEmpty();

      machine.await();
      machine.run("pause", "2h").succeeded();
      assertThat(machine.run("status", "--json").succeeded().out())
          .contains("\"paused\":true")
          .contains("\"pausedUntil\":\"20");
      Files.write(machine.file("d.txt"), Payloads.text(4, 9000));
      eventually(
          LIMIT,
          "it is seen",
          () -> machine.run("ls", machine.file("d.txt").toString()).code() == 0);
      assertThat(machine.run("wait").refused(75).err()).contains("paused until");
      machine.run("resume").succeeded();
      machine.awaitStubs(List.of("d.txt"));

      String folder = machine.folder().toString();
      assertThat(machine.run("remove", folder).refused(77).err())
          .contains("3 stubs")
          .contains("dotf remove --restore " + folder)
          .contains("dotf remove --leave-stubs " + folder);
      machine.run("remove", "--restore", "--leave-stubs", folder).refused(2);
      machine.run("remove", "--leave-stubs", folder).succeeded();
      assertThat(machine.stub("b.txt")).exists();
      machine.run("restore", machine.stub("b.txt").toString()).succeeded();
      assertThat(machine.file("b.txt")).hasBinaryContent(Payloads.text("b.txt".hashCode(), 9000));
      machine.run("remove", folder).refused(66);

      machine.add();
      machine.await();
      machine.run("remove", "--restore", folder).succeeded();
      for (String name : names) {
        assertThat(machine.file(name)).hasBinaryContent(Payloads.text(name.hashCode(), 9000));
        assertThat(machine.stub(name)).doesNotExist();
      }
      assertThat(machine.run("folders", "--json").succeeded().out()).contains("\"folders\":[]");
    }
  }
}
