package dotf.agent.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.disk.MemoryDisk.Fate;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * Power is lost before each call of freeing, restoring, retiring and purging, and again in the
 * recovery; of what was not synced then, any part may be left. {@code -Dcampaign=long} looks at
 * more states.
 */
final class PowerLossTest {
  private static final int FREED = 3;

  /** So few effects are lost and kept in every combination, of more only some are tried. */
  private static final int ALL_SUBSETS = 3;

  private static final int SUBSETS = "long".equals(System.getProperty("campaign")) ? 10_000 : 200;
  private static final List<Fate> FATES = List.of(Fate.LOST, Fate.TORN, Fate.KEPT);
  private static final AtomicInteger STATES = new AtomicInteger();

  private final Random random = Seed.random("power loss");

  /** No call after this one is made. */
  private static final class PowerLoss extends Error {
    private static final long serialVersionUID = 1L;
  }

  private interface Work {
    void run(Scene scene) throws IOException;
  }

  /** What must hold, and whether the work had come to its end. */
  private interface Check {
    void run(Scene scene, boolean finished) throws IOException;
  }

  @AfterAll
  static void tell() {
    System.out.println(STATES + " states after a loss of power, 0 lost");
  }

  private void loseEverywhere(Work prepare, Work work, Check check) throws IOException {
    boolean finished = false;
    for (int limit = 0; !finished; limit++) {
      try (MemoryWorld world = new MemoryWorld()) {
        try (Scene first = new Scene(world)) {
          prepare.run(first);
        }
        world.rest();
        List<String> calls = new ArrayList<>();
        finished = runUntil(world, limit, work, calls);
        for (IntFunction<Fate> fates : fates(world.memory.unsynced())) {
          examine(world, fates, check, finished, calls);
        }
      }
    }
  }

  /** Runs the work up to its n-th call; whether it came to its end. */
  private static boolean runUntil(World world, int limit, Work work, List<String> calls)
      throws IOException {
    HookedDisk.Hook hook =
        (call, name) -> {
          if (calls.size() >= limit) {
            throw new PowerLoss();
          }
          calls.add(call + " " + name);
        };
    try {
      work.run(new Scene(world, hook, java.time.Duration.ZERO));
      return true;
    } catch (PowerLoss e) {
      return false;
    }
  }

  private List<IntFunction<Fate>> fates(int effects) {
    List<IntFunction<Fate>> fates = new ArrayList<>();
    if (effects <= ALL_SUBSETS) {
      for (int set = 0; set < 1 << effects; set++) {
        int kept = set;
        fates.add(i -> (kept >> i & 1) == 0 ? Fate.LOST : Fate.KEPT);
      }
      return fates;
    }
    fates.add(i -> Fate.LOST);
    fates.add(i -> Fate.KEPT);
    for (int i = 0; i < SUBSETS; i++) {
      fates.add(randomFates(effects));
    }
    return fates;
  }

  private IntFunction<Fate> randomFates(int effects) {
    List<Fate> fates = new ArrayList<>();
    for (int i = 0; i < effects; i++) {
      fates.add(FATES.get(random.nextInt(FATES.size())));
    }
    return fates::get;
  }

  private void examine(
      MemoryWorld world, IntFunction<Fate> fates, Check check, boolean finished, List<String> calls)
      throws IOException {
    List<Fate> chosen = new ArrayList<>();
    for (int i = 0; i < world.memory.unsynced(); i++) {
      chosen.add(fates.apply(i));
    }
    String story = "power lost after " + calls + ", then " + chosen;
    MemoryWorld found = world.afterPowerLoss(fates);
    if (random.nextBoolean()) {
      List<String> recovered = new ArrayList<>();
      boolean _ = runUntil(found, random.nextInt(12), s -> s.recovery.run(), recovered);
      found = found.afterPowerLoss(randomFates(found.memory.unsynced()));
      story += ", lost again after " + recovered;
    }
    STATES.incrementAndGet();
    Scene last = new Scene(found);
    try {
      int _ = last.recovery.run();
      assertThat(last.recovery.run()).isZero();
      check.run(last, finished);
    } catch (AssertionError | IOException | RuntimeException e) {
      throw new AssertionError(story + ": " + last.contents(), e);
    }
  }

  @Test
  void freeing_losesNothing_andWhatItReportsStays() throws IOException {
    loseEverywhere(
        scene -> scene.writeSome(FREED),
        scene -> scene.freeSome(FREED),
        (scene, finished) -> {
          scene.purge();
          for (int i = 0; i < FREED; i++) {
            String name = "dir" + i % 2 + "/a" + i;
            assertEither(scene, name, "content " + i);
            assertThat(!finished || scene.contents().containsKey(name + ".f")).isTrue();
          }
          assertThat(scene.quarantined()).isEmpty();
        });
  }

  @Test
  void freeingTheNextVersion_keepsAStubOrTheFile() throws IOException {
    loseEverywhere(
        scene -> {
          scene.write("a", "first");
          scene.free("a");
          scene.purge();
          scene.write("a", "second");
        },
        scene -> scene.free("a"),
        (scene, finished) -> {
          scene.purge();
          assertEither(scene, "a", "second");
          assertThat(scene.quarantined()).isEmpty();
        });
  }

  @Test
  void freeingThenPurging_keepsTheStub() throws IOException {
    loseEverywhere(
        scene -> scene.write("a", "content"),
        scene -> {
          scene.free("a");
          scene.purge();
        },
        (scene, finished) -> {
          scene.purge();
          assertEither(scene, "a", "content");
          assertThat(scene.quarantined()).isEmpty();
        });
  }

  @Test
  void restoring_theFileIsWholeOrTheStubIsThere() throws IOException {
    loseEverywhere(
        scene -> {
          scene.write("a", "content");
          scene.free("a");
          scene.purge();
        },
        scene -> scene.restore("a.f"),
        (scene, finished) -> {
          assertEither(scene, "a", "content");
          assertThat(scene.quarantined()).isEmpty();
          scene.restore("a.f");
          assertThat(scene.contents()).isEqualTo(Map.of("a", "content"));
        });
  }

  @Test
  void retiring_theFileStays() throws IOException {
    loseEverywhere(
        scene -> {
          scene.write("a", "first");
          scene.free("a");
          scene.purge();
          scene.write("a", "second");
        },
        scene -> scene.freeing.retireStub(scene.folder, "a", scene.present("a")),
        (scene, finished) -> {
          assertThat(scene.contents()).containsEntry("a", "second");
          assertThat(scene.quarantined()).isEmpty();
          assertThat(finished && scene.contents().containsKey("a.f")).isFalse();
        });
  }

  @Test
  void purging_canBeCalledAgain() throws IOException {
    loseEverywhere(
        scene -> {
          for (String name : List.of("a", "b")) {
            scene.write(name, "content");
            scene.free(name);
          }
          scene.world.write(scene.quarantined().getLast(), "changed");
        },
        Scene::purge,
        (scene, finished) -> {
          scene.purge();
          assertThat(scene.quarantined()).isEmpty();
          assertThat(scene.contents()).hasSize(3).containsValue("changed");
        });
  }

  @Test
  void aNewFolder_canBeMadeAgain() throws IOException {
    loseEverywhere(
        scene -> scene.write("a", "content"),
        scene ->
            WatchedFolder.create(scene.folder.disk(), scene.folder.path(), scene.folder.id())
                .close(),
        (scene, finished) -> assertThat(scene.contents()).containsEntry("a", "content"));
  }

  /** P1: the file itself, whole, or its authentic stub whose blocks give the content. */
  private static void assertEither(Scene scene, String name, String content) throws IOException {
    SortedMap<String, String> contents = scene.contents();
    String file = contents.get(name);
    assertThat(file == null ? contents.get(name + ".f") : file)
        .isEqualTo(file == null ? "stub of " + content : content);
  }
}
