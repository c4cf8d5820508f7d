package dotf.watcher;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.Seed;
import dotf.watcher.FolderEvent.Changed;
import dotf.watcher.FolderEvent.Opened;
import dotf.watcher.FolderEvent.Removed;
import dotf.watcher.FolderEvent.Rescan;
import dotf.watcher.FolderEvent.RootGone;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "inotify is Linux's")
class InotifyWatcherTest extends FolderWatcherContract {
  private static final Set<StandardOpenOption> NEW =
      Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);

  @Override
  FolderWatcher open(Path folder, Consumer<FolderEvent> listener) throws IOException {
    return InotifyWatcher.open(folder, listener);
  }

  @Test
  void lookingWithoutOpening_isNoOpen() throws Exception {
    assertThat(run("ls", "-lR", root.toString())).isZero();
    assertThat(run("stat", root.resolve("old/file").toString())).isZero();
    assertThat(run("find", root.toString(), "-size", "+1k")).isZero();
    fence();
    assertThat(events.all()).doesNotContain(new Opened("old/file"), new Opened("old"));
  }

  @Test
  void scanOfAWatchedFolder_isNoOpen() throws IOException {
    assertThat(new FolderScan(root).scan(_ -> {})).isEqualTo(FolderScan.Outcome.COMPLETE);
    fence();
    assertThat(events.all()).noneMatch(event -> event.toString().contains("old"));
  }

  @Test
  void manyDirectories_areAllWatched_andAnOverflowIsToldOnce() throws IOException {
    int count = Seed.longCampaign() ? 100_000 : 1_000;
    watcher.close();
    for (int i = 0; i < count; i++) {
      Files.createDirectories(root.resolve("d" + i % 100 + "/e" + i));
    }
    watcher = open(root, events);
    assertThat(watcher.unwatched()).isEmpty();
    overflow();
    events.await(new Rescan(""));
    for (int i = 0; i < count; i += count / 20) {
      Files.createFile(root.resolve("d" + i % 100 + "/e" + i + "/file"));
      events.await(new Changed("d" + i % 100 + "/e" + i + "/file", false));
    }
    assertThat(events.all().stream().filter(new Rescan("")::equals)).hasSize(1); // I2
  }

  @Test
  void burstOfDeepDirectories_isReportedWhole() throws IOException {
    Set<String> made = new HashSet<>();
    for (int i = 0; i < 300; i++) {
      Path deep = Files.createDirectories(root.resolve("t" + i + "/a/b/c/d"));
      for (int j = 0; j < 4; j++) {
        Files.writeString(deep.resolve("f" + j), "x");
        made.add("t" + i + "/a/b/c/d/f" + j);
      }
    }
    fence();
    for (String path : made) {
      events.awaitNews(path);
    }
  }

  @Test
  void directoryRenamedWhileItIsFilled_isReportedWhole() throws IOException {
    for (int round = 0; round < 20; round++) {
      Path first = root.resolve("r" + round);
      for (int i = 0; i < 10; i++) {
        Files.createDirectories(first.resolve("s" + i + "/t"));
        Files.writeString(first.resolve("s" + i + "/t/file"), "x");
      }
      Files.move(first, root.resolve("moved" + round));
    }
    for (int round = 0; round < 20; round++) {
      for (int i = 0; i < 10; i++) {
        events.awaitNews("moved" + round + "/s" + i + "/t/file");
      }
    }
  }

  @Test
  void directoryMovedOut_isWatchedNoMore() throws IOException {
    Path outside = temporary.resolve("outside");
    long before = watches();
    Files.move(root.resolve("old"), outside);
    events.await(new Removed("old"));
    eventually("the watches on old and old/deep end", () -> watches() <= before - 2);
    Files.writeString(outside.resolve("file"), "not ours");
    fence();
    assertThat(events.has(new Changed("old/file", false))).isFalse();
    Files.move(outside, root.resolve("back"));
    events.await(new Changed("back/file", false));
  }

  @Test
  void directoryMovedInside_isReportedByItsNewPathOnly() throws IOException {
    Files.createDirectories(root.resolve("x/y"));
    events.await(new Changed("x/y", true));
    Files.move(root.resolve("old"), root.resolve("x/y/old"));
    events.await(new Removed("old"));
    fence();
    events.clear();
    Files.writeString(root.resolve("x/y/old/deep/file"), "x");
    events.await(new Changed("x/y/old/deep/file", false));
    assertThat(events.changed()).noneMatch(path -> path.startsWith("old"));
  }

  @Test
  void openInADirectoryThatJustMoved_hasTheNewPath() throws IOException {
    events.hold();
    Files.createFile(root.resolve("x"));
    eventually("the reader waits", events::holdsSomebody);
    Files.move(root.resolve("old"), root.resolve("new"));
    Files.readString(root.resolve("new/file"));
    events.release();
    events.await(new Opened("new/file"));
  }

  @Test
  void directoryDeletedAndMadeAnew_isWatched() throws IOException {
    for (int i = 0; i < 200; i++) {
      Files.createDirectory(root.resolve("again"));
      Files.delete(root.resolve("again"));
    }
    Files.createDirectory(root.resolve("again"));
    Files.writeString(root.resolve("again/file"), "x");
    events.await(new Changed("again/file", false));
    fence();
    events.clear();
    Files.writeString(root.resolve("again/later"), "x");
    events.await(new Changed("again/later", false));
  }

  @Test
  void writesOfABatch_areJoined() throws IOException {
    try (var one = Files.newByteChannel(root.resolve("old/file"), StandardOpenOption.APPEND);
        var two = Files.newByteChannel(root.resolve("two"), NEW)) {
      fence();
      events.clear();
      events.hold();
      for (int i = 0; i < 500; i++) {
        one.write(ByteBuffer.wrap(new byte[] {1}));
        two.write(ByteBuffer.wrap(new byte[] {1}));
      }
      events.release();
      fence();
      assertThat(events.all()).hasSizeLessThan(20);
      assertThat(events.changed()).contains("old/file", "two");
    }
  }

  @Test
  void rootMoved_isGone() throws IOException {
    Files.move(root, temporary.resolve("elsewhere"));
    events.await(new RootGone());
    Files.createDirectory(root);
  }

  @Test
  void deepTree_isWatchedBeyondPathMax() throws Exception {
    String part = "directory/".repeat(300);
    String path = part.repeat(4);
    assertThat(
            run(
                "sh",
                "-c",
                "for i in 1 2 3 4; do mkdir -p %s && cd -P %s || exit 1; done; echo x > file"
                    .formatted(part, part)))
        .isZero();
    events.await(new Changed(path + "file", false));
    assertThat(run("rm", "-rf", "directory")).isZero();
    events.await(new Removed("directory"));
  }

  /** How many inotify watches this process has. */
  private static long watches() throws IOException {
    long count = 0;
    try (var descriptors = Files.newDirectoryStream(Path.of("/proc/self/fdinfo"))) {
      for (Path descriptor : descriptors) {
        count += linesOf(descriptor).stream().filter(line -> line.startsWith("inotify wd")).count();
      }
    }
    return count;
  }

  private static List<String> linesOf(Path descriptor) throws IOException {
    try {
      return Files.readAllLines(descriptor);
    } catch (NoSuchFileException e) {
      return List.of(); // closed meanwhile
    }
  }
}
