package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.catalog.FileState;
import dotf.fixtures.Payloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The disk under the store fails while a device works. */
class StoreHealthTest {
  private final AtomicInteger failures = new AtomicInteger();

  @TempDir Path temporary;
  private Path folder;
  private TestDevice device;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    folder = Files.createDirectory(temporary.resolve("Sync"));
    device = TestDevice.alone(temporary.resolve("home"));
    device.storeHook =
        (call, name) -> {
          if (call.equals("fdatasync") && failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new IOException("Input/output error");
          }
        };
    device.agent.addFolder(folder, false);
    Files.write(folder.resolve("a"), Payloads.noise(1, 9000));
    eventually("a becomes a stub", () -> Files.exists(folder.resolve("a.f")));
    device.settle();
  }

  @AfterEach
  void stop() throws IOException {
    device.close();
  }

  private boolean waitsForTheStore(String name) throws IOException {
    try {
      FileRow row = device.row(folder.resolve(name));
      return row.state() == FileState.WAITING
          && String.valueOf(row.reason()).contains("store's disk failed");
    } catch (NotFoundException e) {
      return false;
    }
  }

  private void restoreA() throws IOException {
    assertThat(
            device.agent.restore(List.of(folder.resolve("a.f")), null, Progress.silent()).failed())
        .isZero();
    assertThat(folder.resolve("a")).hasBinaryContent(Payloads.noise(1, 9000));
  }

  @Test
  void afterAFailedSync_nothingIsFreedUntilADeepVerify_alsoAfterARestart()
      throws IOException, InterruptedException {
    failures.set(1);
    Files.write(folder.resolve("b"), Payloads.noise(2, 9000));
    eventually("b waits", () -> waitsForTheStore("b"));
    assertThat(device.agent.await(java.time.Duration.ofSeconds(30), look -> {}).waiting())
        .isEqualTo(1);
    assertThat(device.agent.why(folder.resolve("b")).rule()).contains("dotf verify --deep");
    assertThat(device.agent.status().waiting()).contains("failed to keep data");
    assertThat(
            device.agent.free(List.of(folder.resolve("b")), Progress.silent()).replaced().failed())
        .isEqualTo(1);
    restoreA();

    device.restart();
    eventually("b still waits", () -> waitsForTheStore("b"));
    assertThat(folder.resolve("b")).hasBinaryContent(Payloads.noise(2, 9000));

    device.agent.verify(false, problem -> {});
    assertThat(device.store.health().isGood()).isFalse();
    assertThat(device.agent.verify(true, problem -> {}).ok()).isTrue();
    eventually("b becomes a stub", () -> Files.exists(folder.resolve("b.f")));
    device.settle();
    assertThat(device.agent.status().waiting()).isNull();
  }

  @Test
  void onAReadOnlyStore_filesWaitInWords_andRestoringGoesOn()
      throws IOException, InterruptedException {
    failures.set(2);
    Files.write(folder.resolve("b"), Payloads.noise(2, 9000));
    eventually("b waits", () -> waitsForTheStore("b"));
    Files.write(folder.resolve("c"), Payloads.noise(3, 9000));
    eventually("c waits", () -> waitsForTheStore("c"));
    assertThat(device.agent.why(folder.resolve("c")).rule()).contains("read-only");
    restoreA();
    assertThat(folder.resolve("b")).exists();
    assertThat(folder.resolve("c")).exists();
  }
}
