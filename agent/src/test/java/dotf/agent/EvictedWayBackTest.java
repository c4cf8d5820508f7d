package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.catalog.FileState;
import dotf.chunker.key.VaultSecret;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files whose blocks are with others only: what is said of them stays here. */
@Timeout(120)
class EvictedWayBackTest {
  private static final int BYTES = 60_000;

  private final Random random = Seed.random("evicted way back");

  @TempDir Path temporary;

  @Test
  void undo_bringsStubsBackWhoseBlocksWent_withoutAnybodyElse() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    try (TestDevice a = device("a");
        TestDevice b = device("b")) {
      b.join(a);
      a.agent.addFolder(folder, false);
      byte[] first = Payloads.noise(random.nextLong(), BYTES);
      byte[] second = Payloads.noise(random.nextLong(), BYTES);
      Path deleted = Files.write(folder.resolve("deleted"), first);
      Path rewritten = Files.write(folder.resolve("rewritten"), first);
      a.settle();
      a.agent.restore(List.of(rewritten), null, Progress.silent());
      Files.write(rewritten, second);
      a.settle();
      Path stub = folder.resolve("deleted.f");
      Files.delete(stub);
      eventually("it is in the trash", () -> a.agent.status().space().trash() == BYTES);
      // Its blocks are those of a living file as well, and so may go.
      Files.write(folder.resolve("living"), first);
      a.settle();
      Freed freed = a.agent.free(List.of(folder), Progress.silent());
      assertThat(freed.evicted().blocks()).isPositive();
      long local = a.store.stats().bytes() - a.store.stats().hostedBytes();
      assertThat(local).as("neither content is here").isLessThan(BYTES);
      assertThat(a.agent.isPublished()).isTrue();
      b.stop();

      WayBackOutcome back = a.agent.undo(Progress.silent());

      assertThat(back.outcome().problems()).isEmpty();
      assertThat(stub).exists();
      assertThat(folder.resolve("rewritten.f")).exists();
      assertThat(a.row(stub).state()).isEqualTo(FileState.STUB);
      assertThat(a.agent.restore(List.of(stub), null, Progress.silent()).failed()).isEqualTo(1);
      assertThat(stub).exists();
      b.start();
      eventually("connected", () -> a.node.isConnected(b.node.id()));
      assertThat(a.agent.restoreAll(null, Progress.silent()).problems()).isEmpty();
      assertThat(deleted).hasBinaryContent(first);
      assertThat(rewritten).hasBinaryContent(first);
    }
  }

  private TestDevice device(String name) throws IOException {
    return new TestDevice(
        temporary.resolve(name), VaultSecret.random(new SecureRandom()), TestDevice.settings(1));
  }
}
