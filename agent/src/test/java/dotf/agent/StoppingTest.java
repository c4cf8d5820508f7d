package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.fixtures.Payloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent is stopped while it works. */
@Timeout(60)
class StoppingTest {
  private static final Duration SHORT = Duration.ofMillis(50);

  @TempDir Path temporary;

  @Test
  void aStop_waitsForWhatRuns_andTheNextStartFindsTheCatalogAsItWas() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    CountDownLatch storing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicBoolean waited = new AtomicBoolean();
    try (TestDevice device = TestDevice.alone(temporary.resolve("home"))) {
      device.storeHook =
          (call, name) -> {
            if (call.equals("fdatasync") && storing.getCount() > 0) {
              storing.countDown();
              await(goOn);
              waited.set(true);
            }
          };
      device.agent.addFolder(folder, false);
      Files.write(folder.resolve("a"), Payloads.noise(1, 3_000_000));
      await(storing);
      CompletableFuture<Boolean> stopped = new CompletableFuture<>();
      Thread stop =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      device.agent.close();
                      stopped.complete(waited.get());
                    } catch (IOException e) {
                      stopped.completeExceptionally(e);
                    }
                  });
      eventually(
          "it waits or has ended",
          () ->
              stop.getState() == Thread.State.TERMINATED
                  || stop.getState() == Thread.State.TIMED_WAITING);
      goOn.countDown();
      assertThat(stopped.get(30, TimeUnit.SECONDS)).isTrue();
      assertThat(device.home.resolve("catalog/clean")).exists();
      assertThat(folder.resolve("a")).hasBinaryContent(Payloads.noise(1, 3_000_000));

      device.restart();
      eventually("it goes on", () -> Files.exists(folder.resolve("a.f")));
    }
  }

  @Test
  void whoWaitsForAnAnswer_isToldThatTheAgentStops() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    CountDownLatch storing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (TestDevice device = TestDevice.alone(temporary.resolve("home"));
        ExecutorService asking = Executors.newVirtualThreadPerTaskExecutor()) {
      device.storeHook =
          (call, name) -> {
            if (call.equals("fdatasync")) {
              storing.countDown();
              await(goOn);
            }
          };
      device.agent.addFolder(folder, false);
      Path file = Files.write(folder.resolve("a"), Payloads.noise(1, 9000));
      eventually("it is seen", () -> device.agent.folders().getFirst().files() == 1);
      await(storing);
      Future<Outcome> answer =
          asking.submit(() -> device.agent.free(List.of(file), Progress.silent()).replaced());
      Future<?> stop =
          asking.submit(
              () -> {
                device.agent.close();
                return null;
              });
      Outcome outcome = answer.get(20, TimeUnit.SECONDS);
      goOn.countDown();
      var _ = stop.get(20, TimeUnit.SECONDS);
      assertThat(outcome.problems().getFirst().text()).contains("being stopped");
    }
  }

  @Test
  void errands_thatDoNotEnd_areInterrupted_andNoneIsBegunAfterThem() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Errands errands = new Errands(threads);
      CountDownLatch never = new CountDownLatch(1);
      CountDownLatch deaf = new CountDownLatch(1);
      AtomicBoolean interrupted = new AtomicBoolean();
      errands.execute(
          () -> {
            try {
              never.await();
            } catch (InterruptedException e) {
              interrupted.set(true);
            }
          });
      assertThat(errands.finish(SHORT, Duration.ofSeconds(30))).isTrue();
      assertThat(interrupted).isTrue();
      assertThatThrownBy(() -> errands.execute(() -> {}))
          .isInstanceOf(RejectedExecutionException.class);

      Errands stuck = new Errands(threads);
      stuck.execute(() -> awaitDeaf(deaf));
      assertThat(stuck.finish(SHORT, SHORT.multipliedBy(2))).isFalse();
      deaf.countDown();
      assertThat(List.of(stuck.finish(SHORT, Duration.ofSeconds(30)))).containsExactly(true);
    }
  }

  private static void await(CountDownLatch latch) throws IOException {
    try {
      if (!latch.await(20, TimeUnit.SECONDS)) {
        throw new IOException("nobody came");
      }
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private static void awaitDeaf(CountDownLatch latch) {
    boolean done = false;
    while (!done) {
      try {
        latch.await();
        done = true;
      } catch (InterruptedException e) {
        done = latch.getCount() == 0;
      }
    }
  }
}
