package dotf.service;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.Seed;
import dotf.fixtures.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The path of a file on one machine, through real processes. */
final class OneMachineTest {
  @TempDir private Path base;

  @Test
  void droppedFilesBecomeStubsAndComeBackAsTheyWere() throws Exception {
    try (Machine machine = Machine.made(base)) {
      machine.start();
      machine.add();
      Tree.write(machine.folder(), Seed.random("one machine"), 12, 1_500_000);
      Path special = machine.file("a name with \"quotes\", ä and\nbreaks");
      Files.write(special, new byte[70_000]);
      Files.setPosixFilePermissions(special, PosixFilePermissions.fromString("rw-r-----"));
      Files.setLastModifiedTime(
          special, FileTime.from(Instant.parse("2001-02-03T04:05:06.123456789Z")));
      Tree before = Tree.of(machine.folder());
      Set<String> large = large(machine, before);

      machine.awaitStubs(large);
      machine.await();

      String pins = machine.run("pins", "--json").succeeded().out();
      for (String name : large) {
        assertThat(pins).contains("\"kind\":\"file\"").contains(fileName(name));
      }
      String read = large.stream().filter(name -> name.endsWith(".dat")).findFirst().orElseThrow();
      readStub(machine, read);
      machine.run("restore", "--all").succeeded();
      assertThat(Tree.of(machine.folder())).isEqualTo(before);
      machine.stop();
      assertThat(Tree.of(machine.folder())).isEqualTo(before);
    }
  }

  @Test
  void thePortableWatcherDoesTheSame() throws Exception {
    try (Machine machine = Machine.bare(base)) {
      machine.run("init").succeeded();
      machine.quicken("watcher = \"portable\"");
      machine.start();
      machine.add();
      Tree.write(machine.folder(), Seed.random("portable"), 4, 300_000);
      Files.write(machine.file("last"), new byte[50_000]);
      Tree before = Tree.of(machine.folder());

      machine.awaitStubs(large(machine, before));
      machine.await();

      machine.run("restore", "--all").succeeded();
      assertThat(Tree.of(machine.folder())).isEqualTo(before);
    }
  }

  /** Reads a stub as any program does, and waits for the file that this brings back. */
  private static void readStub(Machine machine, String name) {
    try {
      Files.readAllBytes(machine.stub(name));
    } catch (NoSuchFileException thereAlready) {
      // Between the opening and the reading the file has come.
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    eventually(
        "reading the stub brings " + name + " back",
        () -> Files.exists(machine.file(name)) && !Files.exists(machine.stub(name)));
  }

  /** The files that are large enough to be replaced. */
  private static Set<String> large(Machine machine, Tree tree) throws IOException {
    return tree.files().keySet().stream()
        .filter(name -> machine.file(name).toFile().length() >= 4096)
        .collect(Collectors.toSet());
  }

  private static String fileName(String name) {
    String last = name.substring(name.lastIndexOf('/') + 1);
    return last.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
