package dotf.agent.folder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.agent.folder.Intent.Kind;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.Hash;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.LinuxDisk;
import dotf.chunker.manifest.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IntentsTest {
  private static final Hash HASH = new Hash(1, 2, 3, 4);

  @TempDir(factory = InMemory.class)
  private Path base;

  private World world;
  private String failing = "";

  @BeforeEach
  void open() throws IOException {
    world = new World(base);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private Directory home() throws IOException {
    HookedDisk.Hook hook =
        (call, name) -> {
          if (call.equals(failing)) {
            throw new IOException("the disk failed");
          }
        };
    return new HookedDisk(new LinuxDisk(), hook).open(world.home);
  }

  private static Intent begin(Intents intents, Scene scene, String path) throws IOException {
    FileStat stat = scene.folder.root().stat();
    return intents.begin(
        Kind.FREE,
        scene.folder,
        Place.of(path),
        stat,
        new Digest(HASH),
        new BlockAddress(HASH),
        HASH);
  }

  @Test
  void whatWasBegun_isKnownAfterAStart_andWhatEndedIsNot() throws IOException {
    try (Scene scene = new Scene(world);
        Directory home = scene.folder.disk().open(base.resolve("journal"))) {
      Intent begun = begin(scene.intents, scene, "dir/häuschen");
      Intent done = begin(scene.intents, scene, "done");
      scene.intents.done(done, Instant.EPOCH);
      scene.intents.end(begin(scene.intents, scene, "ended"));
      scene.intents.commit();
      try (Intents again = Intents.open(home, new Random())) {
        assertThat(again.begun(scene.folder.id())).containsExactly(begun);
        assertThat(again.doneBefore(scene.folder.id(), Instant.EPOCH, 0, 9)).containsExactly(done);
      }
    }
  }

  @Test
  void thousandsThatEnded_leaveASmallLog() throws IOException {
    try (Scene scene = new Scene(world)) {
      Intent kept = begin(scene.intents, scene, "kept");
      for (int i = 0; i < 40_000; i++) {
        scene.intents.end(begin(scene.intents, scene, "file " + i));
      }
      scene.intents.commit();
      assertThat(world.home.resolve("intents").toFile().length()).isLessThan(5L << 20);
      assertThat(scene.intents.begun(scene.folder.id())).containsExactly(kept);
    }
  }

  @Test
  void failedSync_refusesEverythingAfterIt() throws IOException {
    try (Scene scene = new Scene(world);
        Directory home = home()) {
      scene.intents.close();
      Intents intents = Intents.open(home, new Random());
      begin(intents, scene, "a");
      failing = "fdatasync";
      assertThatThrownBy(intents::commit).isInstanceOf(IOException.class);
      failing = "";
      assertThatThrownBy(intents::commit).hasMessageContaining("takes no records any more");
      assertThatThrownBy(() -> begin(intents, scene, "b")).isInstanceOf(IOException.class);
    }
  }

  @Test
  void failedWrite_isTriedAgainByTheNextCommit() throws IOException {
    try (Scene scene = new Scene(world);
        Directory home = home()) {
      scene.intents.close();
      Intents intents = Intents.open(home, new Random());
      Intent intent = begin(intents, scene, "a");
      failing = "write";
      assertThatThrownBy(intents::commit).isInstanceOf(IOException.class);
      failing = "";
      intents.commit();
      try (Intents again = Intents.open(home, new Random())) {
        assertThat(again.begun(scene.folder.id())).containsExactly(intent);
      }
    }
  }
}
