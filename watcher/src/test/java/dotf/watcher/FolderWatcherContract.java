package dotf.watcher;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.watcher.FolderEvent.Changed;
import dotf.watcher.FolderEvent.Opened;
import dotf.watcher.FolderEvent.Removed;
import dotf.watcher.FolderEvent.Rescan;
import dotf.watcher.FolderEvent.RootGone;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What every watcher must do, on real files. */
@Timeout(60)
abstract class FolderWatcherContract {
  @TempDir Path temporary;
  Path root;
  final RecordedEvents events = new RecordedEvents();
  FolderWatcher watcher;

  abstract FolderWatcher open(Path folder, Consumer<FolderEvent> listener) throws IOException;

  @BeforeEach
  void watch() throws IOException {
    root = Files.createDirectory(temporary.resolve("folder"));
    Files.createDirectories(root.resolve(".dotf/q"));
    Files.createDirectories(root.resolve("old/deep"));
    Files.writeString(root.resolve("old/file"), "old");
    watcher = open(root, events);
  }

  @AfterEach
  void close() throws IOException {
    watcher.close();
  }

  @Test
  void create_modify_delete_areReported() throws IOException {
    Path file = root.resolve("old/deep/new");
    Files.writeString(file, "one");
    events.await(new Changed("old/deep/new", false));
    events.clear();
    Files.writeString(file, "two and more", StandardOpenOption.APPEND);
    events.await(new Changed("old/deep/new", false));
    Files.delete(file);
    events.await(new Removed("old/deep/new"));
  }

  @Test
  void open_reportsNothingOfWhatWasThere() throws IOException {
    fence();
    assertThat(events.all()).doesNotContain(new Changed("old/file", false), new Rescan(""));
    assertThat(watcher.unwatched()).isEmpty();
  }

  @Test
  void atomicSave_isAChangeOfTheTarget() throws IOException {
    Path draft = Files.writeString(root.resolve("old/.draft"), "new");
    Files.move(draft, root.resolve("old/file"), StandardCopyOption.ATOMIC_MOVE);
    events.await(new Changed("old/file", false));
  }

  @Test
  void saveByRenamingAway_isAChangeOfTheName() throws IOException {
    Path file = root.resolve("old/file");
    Files.move(file, root.resolve("old/file~"));
    Files.writeString(file, "new");
    events.await(new Changed("old/file", false));
    events.await(new Changed("old/file~", false));
    Files.delete(root.resolve("old/file~"));
    events.await(new Removed("old/file~"));
  }

  @Test
  void newDirectories_areWatchedAtOnce() throws IOException {
    Files.createDirectories(root.resolve("a/b/c/d"));
    Files.writeString(root.resolve("a/b/c/d/file"), "x");
    events.awaitNews("a/b/c/d/file");
    eventually(
        "a/b/c/d is watched",
        () -> {
          events.clear();
          Files.writeString(root.resolve("a/b/c/d/later"), "x" + System.nanoTime());
          return heardWithinAMoment("a/b/c/d/later");
        });
  }

  @Test
  void movedDirectory_hasItsNewPath() throws IOException {
    Files.move(root.resolve("old"), root.resolve("new"));
    events.await(new Removed("old"));
    events.await(new Changed("new", true));
    events.awaitNews("new/file");
    eventually(
        "new/deep is watched",
        () -> {
          events.clear();
          Files.writeString(root.resolve("new/deep/later"), "x" + System.nanoTime());
          return heardWithinAMoment("new/deep/later");
        });
    assertThat(events.changed()).allMatch(path -> !path.startsWith("old"));
  }

  @Test
  void deletedTree_isReported() throws IOException {
    Files.delete(root.resolve("old/file"));
    Files.delete(root.resolve("old/deep"));
    Files.delete(root.resolve("old"));
    events.await(new Removed("old/file"));
    events.await(new Removed("old/deep"));
    events.await(new Removed("old"));
  }

  @Test
  void ownDirectory_isLeftOut() throws IOException {
    Files.writeString(root.resolve(".dotf/marker"), "x");
    Files.writeString(root.resolve(".dotf/q/file"), "x");
    Files.createDirectory(root.resolve(".dotf/t"));
    Files.delete(root.resolve(".dotf/q/file"));
    fence();
    assertThat(events.all().toString()).doesNotContain(".dotf");
  }

  @Test
  void ownDirectoryElsewhere_isAnyDirectory() throws IOException {
    Files.createDirectories(root.resolve("old/.dotf"));
    events.await(new Changed("old/.dotf", true));
  }

  @Test
  void strangeThings_doNotHang() throws Exception {
    assertThat(run("mkfifo", root.resolve("pipe").toString())).isZero();
    Files.createSymbolicLink(root.resolve("loop"), root);
    Files.createSymbolicLink(root.resolve("dangling"), Path.of("/nowhere"));
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(root.resolve("s")));
      fence();
    }
    watcher.close();
    watcher = open(root, events);
    fence();
  }

  @Test
  void strangeNames_arrive() throws IOException {
    for (String name : new String[] {"with space", "new\nline", "ümläut", "\uD83D\uDE00", "a\\b"}) {
      Files.writeString(root.resolve(name), "x");
      events.await(new Changed(name, false));
    }
  }

  @Test
  void nameThatIsNotUtf8_isReportedOnce() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(run("sh", "-c", "echo x > \"$(printf 'old/bad\\377.txt')\"")).isZero();
    }
    eventually(
        "unreadable name", () -> events.all().toString().contains("Unreadable[shown=old/bad"));
    fence();
    assertThat(events.all().stream().filter(e -> e instanceof FolderEvent.Unreadable)).hasSize(1);
  }

  @Test
  void rootDeleted_isGone_andNotADeletionOfEverything() throws Exception {
    assertThat(run("rm", "-rf", root.toString())).isZero();
    events.await(new RootGone());
    assertThat(events.all().getLast()).isEqualTo(new RootGone());
  }

  @Test
  void overflow_asksForARescan() throws IOException {
    overflow();
    events.await(new Rescan(""));
    events.clear();
    Files.writeString(root.resolve("old/file"), "after the flood");
    events.awaitNews("old/file");
  }

  @Test
  void failingListener_doesNotEndIt() throws IOException {
    RecordedEvents heard = new RecordedEvents();
    Consumer<FolderEvent> failing =
        event -> {
          heard.accept(event);
          throw new IllegalStateException("a listener's mistake");
        };
    try (FolderWatcher second = open(root, failing)) {
      Files.writeString(root.resolve("one"), "x");
      heard.awaitNews("one");
      Files.writeString(root.resolve("two"), "x");
      heard.awaitNews("two");
      assertThat(second.unwatched()).isEmpty();
    }
  }

  @Test
  void close_endsEventsAndMayBeRepeated() throws IOException {
    watcher.close();
    events.clear();
    Files.writeString(root.resolve("late"), "x");
    watcher.close();
    assertThat(events.all()).isEmpty();
  }

  @Test
  void close_fromTheListenerDoesNotWaitForItself() throws IOException {
    FolderWatcher[] own = new FolderWatcher[1];
    RecordedEvents heard = new RecordedEvents();
    own[0] =
        open(
            root,
            event -> {
              try {
                own[0].close();
              } catch (IOException e) {
                throw new AssertionError(e);
              }
              heard.accept(event);
            });
    Files.writeString(root.resolve("one"), "x");
    heard.awaitNews("one");
  }

  @Test
  void missingFolder_isAnError() {
    assertThatThrownBy(() -> open(temporary.resolve("none"), events))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none");
  }

  @Test
  void aFile_isNoFolder() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "x");
    assertThatThrownBy(() -> open(file, events)).isInstanceOf(IOException.class);
  }

  @Test
  void opens_areReportedByThoseWhoSeeThem() throws Exception {
    assertThat(run("cat", root.resolve("old/file").toString())).isZero();
    fence();
    assertThat(events.has(new Opened("old/file"))).isEqualTo(watcher.seesOpens());
  }

  /** Makes more events than the queue takes, while nobody reads them. */
  void overflow() throws IOException {
    events.hold();
    Path here = root.resolve("old/file");
    Path there = root.resolve("old/deep/file");
    for (int i = 0; i < 5_000; i++) {
      Files.move(here, there);
      Files.move(there, here);
    }
    events.release();
  }

  /** Waits until everything that happened before has been delivered. */
  void fence() throws IOException {
    Path fence = root.resolve("fence" + System.nanoTime());
    Files.createFile(fence);
    events.await(new Changed(fence.getFileName().toString(), false));
  }

  private boolean heardWithinAMoment(String path) {
    try {
      eventually(
          java.time.Duration.ofMillis(200), path, () -> events.has(new Changed(path, false)));
      return true;
    } catch (AssertionError e) {
      return false;
    }
  }

  /** Runs a program in the folder; its exit code. */
  int run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .directory(root.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
