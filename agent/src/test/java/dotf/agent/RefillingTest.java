package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.key.VaultSecret;
import dotf.fixtures.Payloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class RefillingTest {
  private static final int BYTES = 900_000;

  @TempDir Path temporary;

  @Test
  void blocksThatWent_comeBack_whenTooFewHoldersAreLeft() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    try (TestDevice a = device("a");
        TestDevice b = device("b");
        TestDevice c = device("c")) {
      b.join(a);
      c.join(a);
      a.agent.addFolder(folder, false);
      byte[] content = Payloads.noise(7, BYTES);
      Path file = Files.write(folder.resolve("film"), content);
      a.settle();
      Freed freed = a.agent.free(List.of(folder), Progress.silent());
      assertThat(freed.evicted().bytes()).isGreaterThan(BYTES);
      assertThat(a.store.stats().bytes()).isLessThan(BYTES);

      a.node.remove(c.node.id());

      eventually(
          Duration.ofSeconds(60), "the blocks are here", () -> a.store.stats().bytes() > BYTES);
      b.stop();
      assertThat(a.agent.restoreAll(null, Progress.silent()).failed()).isZero();
      assertThat(file).hasBinaryContent(content);
    }
  }

  private TestDevice device(String name) throws IOException {
    return new TestDevice(
        temporary.resolve(name), VaultSecret.random(new SecureRandom()), TestDevice.settings(2));
  }
}
