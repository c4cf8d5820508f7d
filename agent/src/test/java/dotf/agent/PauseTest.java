package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.Outcome.Failure;
import dotf.fixtures.Payloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pauses, on real files. */
@Timeout(120)
class PauseTest {
  @TempDir Path temporary;
  private Path folder;
  private TestDevice device;

  @BeforeEach
  void startWithAStub() throws IOException, InterruptedException {
    folder = Files.createDirectory(temporary.resolve("Sync"));
    device = TestDevice.alone(temporary.resolve("home"));
    device.agent.addFolder(folder, false);
    write("old");
    becomesStub("old");
    device.settle();
  }

  @AfterEach
  void stop() throws IOException {
    device.close();
  }

  private Path write(String name) throws IOException {
    return Files.write(folder.resolve(name), Payloads.noise(name.hashCode(), 9000));
  }

  private Path stub(String name) {
    return folder.resolve(name + ".f");
  }

  private void becomesStub(String name) {
    eventually(
        name + " becomes a stub",
        () -> Files.exists(stub(name)) && Files.notExists(folder.resolve(name)));
  }

  private Settlement awaitForALongTime() throws InterruptedException {
    return device.agent.await(Duration.ofSeconds(60), look -> {});
  }

  @Test
  void inAPause_nothingIsStored_stubsOpen_andItOutlivesARestart()
      throws IOException, InterruptedException {
    device.agent.pause(null);
    long blocks = device.store.stats().blocks();
    write("new");
    eventually("it is seen", () -> device.agent.folders().getFirst().files() == 2);
    Settlement settlement = awaitForALongTime();
    assertThat(settlement.settled()).isFalse();
    assertThat(settlement.reason()).contains("paused").contains("dotf resume");
    Files.readAllBytes(stub("old"));
    eventually("opening brings it back", () -> Files.exists(folder.resolve("old")));

    device.restart();
    assertThat(device.agent.status().paused()).isTrue();
    assertThat(device.agent.status().pausedUntil()).isNull();
    eventually(
        "it waits for the end of the pause",
        () ->
            String.valueOf(device.row(folder.resolve("new")).reason())
                .contains("waits to be stored"));
    assertThat(device.agent.why(folder.resolve("new")).waitsFor()).contains("dotf resume");
    assertThat(awaitForALongTime().settled()).isFalse();
    assertThat(device.store.stats().blocks()).isEqualTo(blocks);

    device.agent.resume();
    becomesStub("new");
    device.restart();
    assertThat(device.agent.status().paused()).isFalse();
  }

  @Test
  void aPauseEndsByItself() throws IOException {
    device.agent.pause(Duration.ofSeconds(3));
    assertThat(device.agent.status().pausedUntil()).isNotNull();
    write("new");
    eventually("it is over", () -> !device.agent.status().paused());
    becomesStub("new");
  }

  @Test
  void freeing_isAnsweredInAPause_restoringWorks() throws IOException {
    device.agent.pause(Duration.ofHours(2));
    Outcome restored = device.agent.restoreAll(null, Progress.silent());
    assertThat(restored.files()).isEqualTo(1);
    Outcome freed = device.agent.free(List.of(folder.resolve("old")), Progress.silent()).replaced();
    assertThat(freed.failures()).containsOnlyKeys(Failure.LATER);
    assertThat(freed.problems().getFirst().text()).contains("paused until");
    device.agent.resume();
    assertThat(
            device
                .agent
                .free(List.of(folder.resolve("old")), Progress.silent())
                .replaced()
                .failed())
        .isZero();
  }

  @Test
  void nothingIsSentInAPause() throws IOException, InterruptedException {
    try (TestDevice other = TestDevice.alone(temporary.resolve("other"))) {
      device.agent.pause(null);
      other.join(device);
      eventually("copies are lacking", () -> !device.agent.settlement().settled());
      assertThat(awaitForALongTime().reason()).contains("paused");
      assertThat(other.store.stats().hostedBlocks()).isZero();
      device.agent.resume();
      eventually("it is sent", () -> other.store.stats().hostedBlocks() > 0);
      device.settle();
    }
  }
}
