package dotf.dht.store;

import static dotf.dht.store.TestStore.block;
import static dotf.dht.store.TestStore.chunk;
import static dotf.dht.store.TestStore.owner;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.SealedBlock;
import dotf.fixtures.Seed;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process puts blocks, says which are acknowledged, and is killed at some moment. */
class StoreKillTest {
  private static final int KILLS = Seed.longCampaign() ? 200 : 5;
  private static final Instant UNTIL = Instant.parse("2027-01-01T00:00:00Z");

  @TempDir Path temporary;

  /** Blocks of which every third is dropped are this many behind. */
  private static final int BEHIND = 40;

  private static final int STEP_MAX = 12;

  /**
   * Puts blocks from a number on, for ever, and drops some; prints the number that all below are
   * acknowledged.
   */
  static final class Putter {
    public static void main(String[] arguments) throws IOException {
      int next = Integer.parseInt(arguments[1]);
      Random random = new Random(next);
      try (BlockStore store = TestStore.open(Path.of(arguments[0]))) {
        while (true) {
          int end = next + 1 + random.nextInt(STEP_MAX);
          for (int i = next; i < end; i++) {
            if (i % 5 == 0) {
              long _ = store.putHosted(List.of(of(i)), owner(i), UNTIL);
            } else {
              store.put(of(i), chunk(i));
            }
          }
          store.commit();
          drop(store, next - 2 * BEHIND, end - BEHIND);
          next = end;
          System.out.println(next);
        }
      }
    }
  }

  private static void drop(BlockStore store, int from, int to) throws IOException {
    List<BlockAddress> own = new ArrayList<>();
    for (int i = Math.max(0, from); i < to; i++) {
      if (i % 15 == 0) {
        long _ = store.release(List.of(of(i).address()), owner(i));
      } else if (i % 3 == 0) {
        own.add(of(i).address());
      }
    }
    long _ = store.drop(own);
  }

  private static SealedBlock of(int i) {
    return block(i, 50 + i * 31 % 9000);
  }

  @Test
  void killedAtAnyMoment_everythingAcknowledgedIsReadable_andWhatWasDroppedIsGone()
      throws Exception {
    Random random = Seed.random("kills");
    Path directory = temporary.resolve("store");
    int acknowledged = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      acknowledged = runAndKill(directory, acknowledged, 5 + random.nextInt(40));
      try (BlockStore store = TestStore.open(directory)) {
        for (int i = 0; i < acknowledged; i++) {
          boolean dropped = i % 3 == 0 && i < acknowledged - BEHIND;
          boolean mayBeDropped = i % 3 == 0 && i < acknowledged - BEHIND + STEP_MAX;
          if (mayBeDropped && (dropped || !store.contains(of(i).address()))) {
            assertThat(store.contains(of(i).address())).isFalse();
            assertThat(store.find(chunk(i))).isNull();
            continue;
          }
          assertThat(store.read(of(i).address())).isEqualTo(of(i));
          if (i % 5 != 0) {
            assertThat(store.find(chunk(i))).isEqualTo(of(i).address());
          }
        }
        assertThat(TestStore.problems(store)).isEmpty();
      }
    }
  }

  private static int runAndKill(Path directory, int from, int acknowledgements)
      throws IOException, InterruptedException {
    String classes =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                classes,
                Putter.class.getName(),
                directory.toString(),
                Integer.toString(from))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int last = from;
    try (BufferedReader output = process.inputReader()) {
      int lines = 0;
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        last = Integer.parseInt(line);
        if (++lines == acknowledgements) {
          boolean _ = process.toHandle().destroyForcibly();
        }
      }
      assertThat(lines).isGreaterThanOrEqualTo(acknowledgements);
    }
    assertThat(process.waitFor()).isNotZero();
    return last;
  }
}
