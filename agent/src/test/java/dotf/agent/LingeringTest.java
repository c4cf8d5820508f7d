package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.journal.FileKey;
import dotf.agent.journal.FolderId;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.LinuxDisk;
import dotf.chunker.key.VaultSecret;
import dotf.fixtures.Payloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LingeringTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

  @TempDir Path temporary;

  @Test
  void whatIsOver_isForgotten_butNotWhatWasNotedSince_alsoAfterARestart() throws IOException {
    FolderId folder = FolderId.random(new SecureRandom());
    FileKey over = new FileKey(folder, "over");
    FileKey again = new FileKey(folder, "again");
    try (Directory journal = new LinuxDisk().open(temporary)) {
      try (Lingering lingering = Lingering.open(journal)) {
        lingering.note(over, NOON);
        lingering.note(again, NOON.plusSeconds(1));
        lingering.forgetUntil(over, NOON);
        lingering.forgetUntil(again, NOON);
        lingering.commit();
      }
      try (Lingering lingering = Lingering.open(journal)) {
        assertThat(lingering.since(over)).isNull();
        assertThat(lingering.since(again)).isEqualTo(NOON.plusSeconds(1));
        assertThat(lingering.over(folder, Duration.ZERO, NOON.plusSeconds(9), 9))
            .containsExactly(again);
      }
    }
  }

  @Test
  void manySmallFilesThatWereEdited_doNotHoldUpTheOthers() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    AgentSettings usual = TestDevice.settings(0);
    AgentSettings brief =
        new AgentSettings(
            usual.settle(),
            Duration.ofSeconds(1),
            usual.copies(),
            usual.stubMin(),
            usual.storeLimit(),
            usual.reserve(),
            usual.quarantine(),
            usual.trash(),
            usual.scan());
    VaultSecret vault = VaultSecret.random(new SecureRandom());
    try (TestDevice device = new TestDevice(temporary.resolve("home"), vault, brief)) {
      device.agent.addFolder(folder, false);
      write(folder, "small", 600, 100, 1);
      device.settle();
      var _ = device.agent.allow(folder, Duration.ofMinutes(10));
      write(folder, "small", 600, 100, 2);
      device.settle();
      write(folder, "large", 20, 9000, 3);
      device.settle();
      write(folder, "large", 20, 9000, 4);
      eventually(
          "all large ones are stubs",
          () ->
              IntStream.range(0, 20)
                  .allMatch(i -> Files.exists(folder.resolve("large" + i + ".f"))));
    }
  }

  private static void write(Path folder, String name, int count, int size, int seed)
      throws IOException {
    for (int i = 0; i < count; i++) {
      Files.write(folder.resolve(name + i), Payloads.noise(seed * 1000L + i, size));
    }
  }
}
