package dotf.agent.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Stops freeing, restoring, retiring and purging before each of their calls in turn, recovers,
 * stopping the recovery too, and looks whether every content is still there.
 */
final class CrashTest {
  private static final int FREED = 3;

  @TempDir(factory = InMemory.class)
  private Path base;

  private int worlds;

  /** The process is gone: no call after this one is made. */
  private static final class Crash extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Lets so many calls pass. */
  private static final class Fuse implements HookedDisk.Hook {
    private final List<String> calls = new ArrayList<>();
    private final int limit;

    Fuse(int limit) {
      this.limit = limit;
    }

    @Override
    public void before(String call, String name) {
      if (calls.size() >= limit) {
        throw new Crash();
      }
      calls.add(call + " " + name);
    }
  }

  private interface Work {
    void run(Scene scene) throws IOException;
  }

  private interface Check {
    void run(Scene scene) throws IOException;
  }

  /** Crashes in the work before its n-th call, for every n, and checks what recovery leaves. */
  private void crashEverywhere(Work prepare, Work work, Check check) throws IOException {
    Random random = Seed.random("crash");
    boolean finished = false;
    for (int limit = 0; !finished; limit++) {
      try (World world = new World(base.resolve("world" + worlds++))) {
        Scene first = new Scene(world);
        prepare.run(first);
        first.close();
        Fuse fuse = new Fuse(limit);
        finished = runUntilCrash(world, fuse, work);
        int recoveries = random.nextInt(3);
        for (int i = 0; i < recoveries; i++) {
          boolean _ =
              runUntilCrash(world, new Fuse(random.nextInt(12)), scene -> scene.recovery.run());
        }
        try (Scene last = new Scene(world)) {
          String crash = "crash after " + fuse.calls + ", " + recoveries + " recoveries broken off";
          int _ = last.recovery.run();
          assertThat(last.recovery.run()).as(crash).isZero();
          try {
            check.run(last);
          } catch (AssertionError | IOException e) {
            throw new AssertionError(crash + ": " + last.contents(), e);
          }
        }
      }
    }
  }

  private static boolean runUntilCrash(World world, Fuse fuse, Work work) throws IOException {
    Scene scene = null;
    try {
      scene = new Scene(world, fuse, Duration.ZERO);
      work.run(scene);
      scene.close();
      return true;
    } catch (Crash e) {
      if (scene != null) {
        scene.folder.close();
      }
      return false;
    }
  }

  @Test
  void freeing_stoppedAnywhere_losesNothingAndLeavesNothingBehind() throws IOException {
    crashEverywhere(
        scene -> scene.writeSome(FREED),
        scene -> scene.freeSome(FREED),
        scene -> {
          for (int i = 0; i < FREED; i++) {
            assertEither(scene, "dir" + i % 2 + "/a" + i, "content " + i);
          }
          scene.purge();
          assertThat(scene.contents()).hasSize(FREED);
        });
  }

  @Test
  void freeingTheNextVersion_stoppedAnywhere_keepsAStubOrTheFile() throws IOException {
    crashEverywhere(
        scene -> {
          scene.write("a", "first");
          scene.free("a");
          scene.purge();
          scene.write("a", "second");
        },
        scene -> scene.free("a"),
        scene -> {
          SortedMap<String, String> contents = scene.contents();
          if (contents.containsKey("a")) {
            assertThat(contents).isEqualTo(Map.of("a", "second", "a.f", "stub of first"));
          } else {
            scene.purge();
            assertThat(scene.contents()).isEqualTo(Map.of("a.f", "stub of second"));
          }
        });
  }

  @Test
  void freeing_stoppedAnywhere_theUserWritesANewFileBeforeRecovery() throws IOException {
    crashEverywhere(
        scene -> scene.write("a", "content"),
        scene -> {
          try {
            scene.free("a");
          } finally {
            Files.writeString(scene.path("a"), "mine");
          }
        },
        scene -> {
          scene.purge();
          assertThat(scene.contents()).containsEntry("a", "mine");
        });
  }

  @Test
  void restoring_stoppedAnywhere_theFileIsWholeOrTheStubIsThere() throws IOException {
    crashEverywhere(
        scene -> {
          scene.write("a", "content");
          scene.free("a");
          scene.purge();
        },
        scene -> scene.restore("a.f"),
        scene -> {
          assertEither(scene, "a", "content");
          assertThat(scene.quarantined()).isEmpty();
          scene.restore("a.f");
          assertThat(scene.contents()).isEqualTo(Map.of("a", "content"));
        });
  }

  @Test
  void restoringInPlace_stoppedAnywhere_theNameHoldsTheFileOrTheStub() throws IOException {
    crashEverywhere(
        scene -> {
          scene.write("a", "content");
          scene.free("a");
          scene.purge();
          Files.move(scene.path("a.f"), scene.path("a"));
        },
        scene -> scene.restore("a"),
        scene -> {
          assertThat(scene.names()).containsExactly("a");
          assertThat(scene.contents().get("a")).isIn("content", "stub of content");
        });
  }

  @Test
  void retiring_stoppedAnywhere_theFileStays() throws IOException {
    crashEverywhere(
        scene -> {
          scene.write("a", "first");
          scene.free("a");
          scene.purge();
          scene.write("a", "second");
        },
        scene -> scene.freeing.retireStub(scene.folder, "a", scene.present("a")),
        scene -> {
          assertThat(scene.contents()).containsEntry("a", "second");
          assertThat(scene.quarantined()).isEmpty();
        });
  }

  @Test
  void purging_stoppedAnywhere_canBeCalledAgain() throws IOException {
    crashEverywhere(
        scene -> {
          for (String name : List.of("a", "b")) {
            scene.write(name, "content");
            scene.free(name);
          }
          Files.writeString(scene.path(scene.quarantined().getLast()), "changed");
        },
        Scene::purge,
        scene -> {
          scene.purge();
          assertThat(scene.quarantined()).isEmpty();
          assertThat(scene.contents()).hasSize(3).containsValue("changed");
        });
  }

  /** P1: the file itself, whole, or its authentic stub whose blocks give the content. */
  private static void assertEither(Scene scene, String name, String content) throws IOException {
    SortedMap<String, String> contents = scene.contents();
    assertThat(contents.get(name) == null ? contents.get(name + ".f") : contents.get(name))
        .isIn(content, "stub of " + content);
    if (contents.containsKey(name)) {
      assertThat(contents.get(name)).isEqualTo(content);
    }
  }
}
