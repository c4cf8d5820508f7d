package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.catalog.FileState;
import dotf.chunker.key.VaultSecret;
import dotf.fixtures.Seed;
import dotf.fixtures.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Several devices in one group, over the real network of this machine. */
class GroupTest {
  private final Random random = Seed.random("group");
  private final VaultSecret vault = VaultSecret.random(new SecureRandom());

  @TempDir Path temporary;

  private TestDevice device(String name, VaultSecret secret) throws IOException {
    return new TestDevice(temporary.resolve(name), secret, TestDevice.settings(2));
  }

  private TestDevice stranger(String name) throws IOException {
    return device(name, VaultSecret.random(new SecureRandom()));
  }

  @Test
  void filesBecomeStubsOnceTwoOthersHoldThem_andSurviveTheLossOfTheStore()
      throws IOException, InterruptedException {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    try (TestDevice a = device("a", vault);
        TestDevice b = stranger("b");
        TestDevice c = stranger("c")) {
      b.join(a);
      c.join(a);
      a.agent.addFolder(folder, false);
      Tree before = Tree.write(folder, random, 30, 60_000);
      a.settle();
      List<Path> stubs;
      try (Stream<Path> paths = Files.walk(folder)) {
        stubs = paths.filter(path -> path.toString().endsWith(".f")).toList();
      }
      assertThat(stubs).hasSizeGreaterThan(20);
      Holding holding = a.agent.where(stubs.getFirst());
      assertThat(holding.copies()).isEqualTo(2);
      assertThat(holding.holders()).hasSize(2);

      a.stop();
      TestDevice.delete(a.home.resolve("store"));
      a.start();
      c.stop();
      eventually("b is connected", () -> a.node.isConnected(b.node.id()));
      Outcome outcome = a.agent.restoreAll(null, Progress.silent());
      assertThat(outcome.problems()).isEmpty();
      assertThat(Tree.of(folder)).isEqualTo(before);
      c.start();
    }
  }

  @Test
  void withoutEnoughOthers_filesWait_andSayForWhat() throws IOException, InterruptedException {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    try (TestDevice a = device("a", vault);
        TestDevice b = stranger("b")) {
      b.join(a);
      b.stop();
      a.agent.addFolder(folder, false);
      Path file = Files.write(folder.resolve("a"), new byte[9000]);
      Settlement settlement = a.agent.await(Duration.ofSeconds(15), look -> {});
      assertThat(settlement.settled()).isFalse();
      assertThat(settlement.waiting()).isEqualTo(1);
      assertThat(settlement.reason()).contains("copies");
      assertThat(a.row(file).state()).isEqualTo(FileState.WAITING);
      assertThat(file).exists();
      b.start();
      eventually("it goes", () -> Files.notExists(file));
    }
  }

  @Test
  void afterTheLossOfHomeAndFolder_phraseAndPeersBringEverythingBack()
      throws IOException, InterruptedException {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    try (TestDevice b = stranger("b")) {
      Tree before;
      try (TestDevice a = device("a", vault)) {
        b.join(a);
        a.agent.addFolder(folder, false);
        before = Tree.write(folder, random, 25, 50_000);
        a.settle();
      }
      TestDevice.delete(temporary.resolve("a"));
      TestDevice.delete(folder);

      Files.createDirectory(folder);
      Agent.expectRecovery(temporary.resolve("again"));
      try (TestDevice again = device("again", vault)) {
        again.join(b);
        again.agent.addFolder(folder, false);
        eventually("every stub is back", () -> again.agent.folders().getFirst().stubs() == 25);
        again.settle();
        Outcome outcome = again.agent.restoreAll(null, Progress.silent());
        assertThat(outcome.problems()).isEmpty();
        assertThat(Tree.of(folder)).isEqualTo(before);
      }
    }
  }
}
