package dotf.service;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.Seed;
import dotf.fixtures.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One machine and a directory on another disk, through real processes. */
final class HolderTest {
  @TempDir private Path base;

  @Test
  void aMachineWithoutOthers_losesItsStore_andHasEverythingBackFromTheDirectory() throws Exception {
    Path disk = Files.createDirectory(base.resolve("disk"));
    try (Machine machine = Machine.bare(base.resolve("machine"))) {
      machine.run("init").succeeded();
      machine.quicken("copies = 1");
      machine.start();
      machine.add();
      assertThat(machine.run("holder", "add", disk.toString()).ended(77).err())
          .contains("same filesystem")
          .contains("--yes");
      assertThat(machine.run("holder", "add", disk.toString(), "--yes").succeeded().out())
          .contains("is a holder now");
      Tree.write(machine.folder(), Seed.random("holder"), 6, 400_000);
      Files.write(machine.file("last"), new byte[100_000]);
      Tree before = Tree.of(machine.folder());
      machine.awaitStubs(List.of("last"));
      machine.await();

      assertThat(machine.run("where", machine.stub("last").toString()).succeeded().out())
          .contains("1 other holder")
          .contains(disk.toString());
      assertThat(machine.run("holder", "list", "--json").succeeded().out())
          .contains("\"path\":\"" + disk + "\"")
          .contains("\"reachable\":true");
      assertThat(machine.run("status").succeeded().out()).contains("Holders").contains("0 at risk");
      machine.stop();
      delete(machine.home().resolve("store"));
      machine.start();
      machine.run("restore", "--all").succeeded();
      assertThat(Tree.of(machine.folder())).isEqualTo(before);

      machine.run("holder", "remove", disk.toString(), "--yes").succeeded();
      assertThat(machine.run("holder", "list", "--json").succeeded().out())
          .contains("\"holders\":[]");
      assertThat(disk.resolve("dotf-blocks")).isNotEmptyDirectory();
      machine.run("holder", "remove", disk.toString()).refused(66);
    }
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
