package dotf.agent.folder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Somebody, or the disk, interferes in the middle of freeing, at exactly the wrong moment. */
final class InterferenceTest {
  private static final Duration LONG_HOLD = Duration.ofSeconds(20);

  @TempDir(factory = InMemory.class)
  private Path base;

  private World world;
  private final List<Interference> interferences = new ArrayList<>();

  private interface Act {
    void run() throws IOException;
  }

  /** Happens once, before the first call that fits. */
  private record Interference(String call, String name, Act act) {}

  @BeforeEach
  void open() throws IOException {
    world = new World(base);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private void before(String call, String name, Act act) {
    interferences.add(new Interference(call, name, act));
  }

  private void hook(String call, String name) throws IOException {
    for (Interference one : List.copyOf(interferences)) {
      if (one.call.equals(call) && name.matches(one.name)) {
        interferences.remove(one);
        one.act.run();
      }
    }
  }

  private Scene scene() throws IOException {
    return new Scene(world, this::hook, LONG_HOLD);
  }

  private void saveAtomically(String name, String content) throws IOException {
    Path temporary = Files.writeString(base.resolve("temporary"), content);
    Files.move(temporary, world.root.resolve(name), StandardCopyOption.REPLACE_EXISTING);
  }

  @Test
  void writerArrivesAfterTheMove_theFileIsPutBackAndTheWriterWritesToIt() throws Exception {
    List<Process> writers = new ArrayList<>();
    try (Scene scene = scene()) {
      scene.write("a", "content\n");
      before(
          "sync",
          ".*/q",
          () -> {
            String late = "echo late >> " + scene.path(scene.quarantined().getFirst());
            writers.add(new ProcessBuilder("sh", "-c", late).start());
          });
      assertThat(scene.free("a")).isInstanceOf(ReplaceOutcome.Changed.class);
      assertThat(writers.getFirst().waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(scene.contents()).isEqualTo(Map.of("a", "content\nlate\n"));
    }
  }

  @Test
  void atomicSaveJustBeforeTheMove_theNewContentKeepsItsName() throws IOException {
    try (Scene scene = scene()) {
      scene.write("a", "old");
      before("rename", "a", () -> saveAtomically("a", "new"));
      assertThat(scene.free("a")).isInstanceOf(ReplaceOutcome.Changed.class);
      assertThat(scene.contents()).isEqualTo(Map.of("a", "new"));
    }
  }

  @Test
  void twoAtomicSavesAroundTheMove_bothContentsAreKept() throws IOException {
    try (Scene scene = scene()) {
      scene.write("a", "old");
      before("rename", "a", () -> saveAtomically("a", "new"));
      before("rename", "[0-9a-f]{16}", () -> saveAtomically("a", "newest"));
      assertThat(scene.free("a")).isInstanceOf(ReplaceOutcome.Changed.class);
      assertThat(scene.contents())
          .isEqualTo(Map.of("a", "newest", "a (kept by dotf 2026-11-21)", "new"));
    }
  }

  @Test
  void storeFailsJustBeforeTheMove_theOriginalStays() throws IOException {
    try (Scene scene = scene()) {
      scene.write("a", "content");
      before("link", "a.f", () -> world.unsound = true);
      assertThat(scene.free("a")).isInstanceOf(ReplaceOutcome.Failed.class);
      assertThat(scene.contents()).isEqualTo(Map.of("a", "content"));
    }
  }

  @Test
  void deletedJustBeforeTheMove_staysDeleted() throws IOException {
    try (Scene scene = scene()) {
      scene.write("a", "old");
      before("link", "a.f", () -> Files.delete(scene.path("a")));
      assertThat(scene.free("a")).isInstanceOf(ReplaceOutcome.Changed.class);
      assertThat(scene.contents()).isEmpty();
    }
  }

  @Test
  void stubsNameTakenJustBeforeItIsPublished_bothFilesStay() throws IOException {
    try (Scene scene = scene()) {
      scene.write("a", "content");
      before("link", "a.f", () -> scene.write("a.f", "my Fortran"));
      assertThat(scene.free("a")).isEqualTo(new ReplaceOutcome.NameTaken("a.f"));
      assertThat(scene.contents()).isEqualTo(Map.of("a", "content", "a.f", "my Fortran"));
    }
  }

  @Test
  void earlierStubReplacedByAUsersFile_theUsersFileStays() throws IOException {
    try (Scene scene = new Scene(world, this::hook, Duration.ZERO)) {
      scene.write("a", "first");
      scene.free("a");
      scene.purge();
      scene.write("a", "second");
      before("rename", "a\\.f", () -> saveAtomically("a.f", "my Fortran"));
      assertThat(scene.free("a")).isEqualTo(new ReplaceOutcome.NameTaken("a.f"));
      assertThat(scene.contents()).isEqualTo(Map.of("a", "second", "a.f", "my Fortran"));
    }
  }

  @Test
  void stubReplacedByAUsersFileWhileItIsRetired_theUsersFileStays() throws IOException {
    try (Scene scene = new Scene(world, this::hook, Duration.ZERO)) {
      scene.write("a", "first");
      scene.free("a");
      scene.purge();
      scene.write("a", "second");
      before("rename", "a\\.f", () -> saveAtomically("a.f", "my Fortran"));
      assertThat(scene.freeing.retireStub(scene.folder, "a", scene.present("a"))).isFalse();
      assertThat(scene.contents()).isEqualTo(Map.of("a", "second", "a.f", "my Fortran"));
    }
  }

  @Test
  void eachCallOfTheDiskFailsInTurn_theFileOrItsStubIsThere() throws IOException {
    boolean failed = true;
    for (int failing = 0; failed; failing++) {
      try (World one = new World(base.resolve("world" + failing))) {
        failed = freeWithOneFailure(one, failing);
        try (Scene scene = new Scene(one)) {
          int _ = scene.recovery.run();
          scene.purge();
          SortedMap<String, String> contents = scene.contents();
          assertThat(contents)
              .as("call %d fails", failing)
              .isIn(Map.of("a", "content"), Map.of("a.f", "stub of content"));
        }
      }
    }
  }

  /** Whether a call failed. */
  private static boolean freeWithOneFailure(World world, int failing) throws IOException {
    AtomicInteger calls = new AtomicInteger(Integer.MIN_VALUE);
    HookedDisk.Hook fail =
        (call, name) -> {
          if (calls.getAndIncrement() == failing) {
            throw new IOException("the disk failed");
          }
        };
    try (Scene scene = new Scene(world, fail, Duration.ZERO)) {
      scene.write("a", "content");
      Replacement replacement = scene.replacement("a");
      calls.set(0);
      List<ReplaceOutcome> _ = scene.freeing.replace(scene.folder, List.of(replacement));
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("disk failed");
    }
    return calls.get() > failing;
  }
}
