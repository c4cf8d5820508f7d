package dotf.service;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a mistake undoes, through real processes. */
@Timeout(240)
final class WayBackMachineTest {
  private static final int MANY = 3000;
  private static final int SIZE = 4200;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final Random random = Seed.random("way back machine");

  @TempDir private Path base;

  @Test
  void threeThousandStubsThatWereRemoved_areBackByUndo() throws Exception {
    try (Machine machine = Machine.made(base)) {
      Path photos = Files.createDirectories(machine.file("photos"));
      for (int i = 0; i < MANY; i++) {
        Files.write(photos.resolve("p" + i), Payloads.noise(random.nextLong(), SIZE));
      }
      byte[] one = Files.readAllBytes(photos.resolve("p77"));
      machine.start();
      machine.add();
      eventually(LIMIT, "all are stubs", () -> stubs(photos) == MANY);
      machine.await();

      remove(photos);
      long start = System.nanoTime();
      String said = machine.run("undo").succeeded().out();
      long millis = (System.nanoTime() - start) / 1_000_000;
      System.out.println("undo of " + MANY + " deletions: " + millis + " ms with its process");
      assertThat(said).contains("brought back 3,000 files");
      assertThat(stubs(photos)).isEqualTo(MANY);
      machine.await();
      machine.run("restore", photos.resolve("p77").toString()).succeeded();
      assertThat(photos.resolve("p77")).hasBinaryContent(one);
      machine.run("undo").refused(66);

      remove(photos);
      eventually(
          LIMIT,
          "it is held",
          () -> machine.run("status").out().contains("dotf undo takes it back"));
      machine.run("wait", "--timeout", "20s").refused(75);
      machine.run("allow", machine.folder().toString()).succeeded();
      eventually(LIMIT, "all are in the trash", () -> inTrash(machine) == MANY);
      assertThat(machine.run("status", "--json").out()).contains("3000 files were deleted");
      machine.run("undelete", photos.resolve("p5.f").toString()).succeeded();
      assertThat(photos.resolve("p5.f")).exists();
      assertThat(machine.run("undo", "--dry-run").succeeded().out()).contains("p6");
    }
  }

  @Test
  void aRootThatIsRenamedReplacedOrCopied_isNeverTakenForDeletions() throws Exception {
    try (Machine machine = Machine.made(base)) {
      machine.start();
      machine.add();
      Files.write(machine.file("a"), Payloads.noise(random.nextLong(), SIZE));
      machine.awaitStubs(List.of("a"));
      machine.await();

      Path away = machine.folder().resolveSibling("away");
      Files.move(machine.folder(), away);
      saysProblem(machine, "is not there");
      machine.run("restore", machine.stub("a").toString()).ended(75);
      Files.createDirectories(machine.folder().resolve(".dotf/q"));
      saysProblem(machine, "another directory");
      Files.copy(away.resolve(".dotf/folder"), machine.folder().resolve(".dotf/folder"));
      machine.stop();
      machine.start();
      saysProblem(machine, "another directory");
      assertThat(machine.run("why", machine.stub("a").toString()).succeeded().out())
          .contains("another directory");
      assertThat(machine.run("status").out()).doesNotContain("Settled").contains("waits for you");
      assertThat(machine.run("trash", "--json").succeeded().out()).contains("\"files\":[]");

      remove(machine.folder());
      Files.move(away, machine.folder());
      eventually(
          "it goes on", () -> machine.run("folders", "--json").out().contains("\"problem\":null"));
      machine.await();
      machine.run("restore", machine.stub("a").toString()).succeeded();
      assertThat(machine.file("a")).hasSize(SIZE);
    }
  }

  private static void saysProblem(Machine machine, String words) {
    eventually(Duration.ofMinutes(1), words, () -> machine.run("folders").err().contains(words));
  }

  private static long inTrash(Machine machine) throws IOException, InterruptedException {
    String trash = machine.run("trash", "--json").succeeded().out();
    return Pattern.compile("\"deleted\"").matcher(trash).results().count();
  }

  private static long stubs(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".f")).count();
    }
  }

  private static void remove(Path directory) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("rm", "-rf", directory.toString()).inheritIO().start();
    assertThat(process.waitFor()).isZero();
  }
}
