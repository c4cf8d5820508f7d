package dotf.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.Seed;
import dotf.watcher.FolderScan.Outcome;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a scan must tell, however it reads the tree. */
@Timeout(120)
abstract class FolderScanContract {
  @TempDir Path temporary;
  Path root;
  final List<FolderEntry> found = new ArrayList<>();

  abstract TreeReader.Opener opener();

  @BeforeEach
  void makeFolder() throws IOException {
    root = Files.createDirectory(temporary.resolve("folder"));
  }

  FolderScan scan() {
    return new FolderScan(root, opener());
  }

  @Test
  void everything_isToldWithItsFigures() throws IOException {
    Files.createDirectories(root.resolve("a/b"));
    Path file = Files.writeString(root.resolve("a/b/file"), "12345");
    Files.createLink(root.resolve("a/twin"), file);
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("2001-02-03T04:05:06Z")));

    assertThat(scan().scan(found::add)).isEqualTo(Outcome.COMPLETE);

    assertThat(paths()).containsOnlyKeys("a", "a/b", "a/b/file", "a/twin");
    assertThat(paths().get("a/b")).isInstanceOf(FolderEntry.Directory.class);
    FolderEntry.Figures figures = figures("a/b/file");
    Map<String, Object> real = Files.readAttributes(file, "unix:*", LinkOption.NOFOLLOW_LINKS);
    assertThat(figures.size()).isEqualTo(5);
    assertThat(figures.links()).isEqualTo(2);
    assertThat(figures.device()).isEqualTo(real.get("dev"));
    assertThat(figures.inode()).isEqualTo(real.get("ino"));
    assertThat(figures.uid()).isEqualTo(real.get("uid"));
    assertThat(figures.mode()).isEqualTo(((Integer) real.getOrDefault("mode", 0)) & 07777);
    assertThat(figures.modified()).isEqualTo(Instant.parse("2001-02-03T04:05:06Z"));
    assertThat(FileTime.from(figures.changed())).isEqualTo(real.get("ctime"));
    assertThat(figures.sameFile(figures("a/twin"))).isTrue();
  }

  @Test
  void directories_comeBeforeTheirContent() throws IOException {
    Files.createDirectories(root.resolve("a/b/c"));
    Files.writeString(root.resolve("a/b/c/file"), "x");
    scan().scan(found::add);
    assertThat(found.stream().map(FolderScanContract::path))
        .containsExactly("a", "a/b", "a/b/c", "a/b/c/file");
  }

  @Test
  void ownDirectory_isLeftOutAtTheRootOnly() throws IOException {
    Files.createDirectories(root.resolve(".dotf/q"));
    Files.createDirectories(root.resolve("a/.dotf"));
    scan().scan(found::add);
    assertThat(paths()).containsOnlyKeys("a", "a/.dotf");
  }

  @Test
  void whatIsNeitherFileNorDirectory_isToldAndNotOpened() throws Exception {
    run("mkfifo", "pipe");
    Files.createSymbolicLink(root.resolve("loop"), root);
    Files.createSymbolicLink(root.resolve("dangling"), Path.of("nowhere"));
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(root.resolve("socket")));
      assertThat(scan().scan(found::add)).isEqualTo(Outcome.COMPLETE);
    }
    assertThat(paths()).containsOnlyKeys("pipe", "loop", "dangling", "socket");
    assertThat(paths().values()).allMatch(entry -> entry instanceof FolderEntry.Other);
    assertThat(paths().get("loop")).isEqualTo(new FolderEntry.Other("loop", "symbolic link"));
  }

  @Test
  void nameThatIsNotUtf8_isTold() throws Exception {
    run("sh", "-c", "mkdir d; echo x > \"$(printf 'd/bad\\377')\"; mkdir \"$(printf 'x\\300y')\"");
    Files.writeString(root.resolve("d/good\uFFFD"), "the character itself is no error");
    scan().scan(found::add);
    assertThat(found.stream().filter(entry -> entry instanceof FolderEntry.Unreadable)).hasSize(2);
    assertThat(paths()).containsKey("d/good\uFFFD");
  }

  @Test
  void missingFolder_isGone() throws IOException {
    Files.delete(root);
    assertThat(scan().scan(found::add)).isEqualTo(Outcome.ROOT_GONE);
    assertThat(found).isEmpty();
  }

  @Test
  void folderThatBecameALinkOrFile_isGone() throws IOException {
    Files.move(root, temporary.resolve("elsewhere"));
    Files.createSymbolicLink(root, temporary.resolve("elsewhere"));
    assertThat(scan().scan(found::add)).isEqualTo(Outcome.ROOT_GONE);
    Files.delete(root);
    Files.writeString(root, "x");
    assertThat(scan().scan(found::add)).isEqualTo(Outcome.ROOT_GONE);
  }

  @Test
  void folderThatVanishesMeanwhile_isGone() throws IOException {
    for (int i = 0; i < 10; i++) {
      Files.createDirectories(root.resolve("d" + i + "/e"));
    }
    Outcome outcome = scan().scan(entry -> moveRootAway());
    assertThat(outcome).isEqualTo(Outcome.ROOT_GONE);
  }

  @Test
  void folderThatIsSwappedMeanwhile_isGone() throws IOException {
    Files.createDirectories(root.resolve("d/e"));
    Outcome outcome =
        scan()
            .scan(
                entry -> {
                  if (!Files.exists(temporary.resolve("away"))) {
                    moveRootAway();
                    assertThat(root.toFile().mkdir()).isTrue();
                  }
                });
    assertThat(outcome).isEqualTo(Outcome.ROOT_GONE);
  }

  @Test
  void directoryThatVanishesMeanwhile_isUnknownAndNotEmpty() throws IOException {
    Files.createDirectories(root.resolve("d/e"));
    Outcome outcome =
        scan()
            .scan(
                "",
                entry -> {
                  found.add(entry);
                  root.resolve("d").toFile().renameTo(root.resolve("z").toFile());
                },
                () -> false);
    assertThat(outcome).isEqualTo(Outcome.COMPLETE);
    assertThat(found.getLast()).isInstanceOf(FolderEntry.Unknown.class);
    assertThat(path(found.getLast())).isEqualTo("d");
  }

  @Test
  void partOfAFolder_isScannedAlone() throws IOException {
    Files.createDirectories(root.resolve("a/b"));
    Files.createDirectories(root.resolve("c"));
    Files.writeString(root.resolve("a/b/file"), "x");
    assertThat(scan().scan("a", found::add, () -> false)).isEqualTo(Outcome.COMPLETE);
    assertThat(paths()).containsOnlyKeys("a", "a/b", "a/b/file");
    found.clear();
    assertThat(scan().scan("a/b/file", found::add, () -> false)).isEqualTo(Outcome.COMPLETE);
    assertThat(paths()).containsOnlyKeys("a/b/file");
    found.clear();
    assertThat(scan().scan("a/none", found::add, () -> false)).isEqualTo(Outcome.ABSENT);
    assertThat(scan().scan("a/b/file/x", found::add, () -> false)).isEqualTo(Outcome.ABSENT);
    assertThat(found).isEmpty();
    moveRootAway();
    assertThat(scan().scan("a", found::add, () -> false)).isEqualTo(Outcome.ROOT_GONE);
  }

  @Test
  void cancelled_endsSoon() throws IOException {
    for (int i = 0; i < 50; i++) {
      Files.createDirectories(root.resolve("d" + i + "/e/f"));
    }
    Outcome outcome = scan().scan("", found::add, () -> found.size() >= 60);
    assertThat(outcome).isEqualTo(Outcome.CANCELLED);
    assertThat(found).hasSizeBetween(60, 70);
  }

  @Test
  void manyDirectories_areAllTold() throws IOException {
    int count = Seed.longCampaign() ? 100_000 : 1_000;
    for (int i = 0; i < count; i++) {
      Files.createDirectories(root.resolve("d" + i % 100 + "/e" + i));
    }
    long[] directories = new long[1];
    assertThat(scan().scan(entry -> directories[0]++)).isEqualTo(Outcome.COMPLETE);
    assertThat(directories[0]).isEqualTo(count + 100);
  }

  @Test
  void deepTree_endsWithoutAStackOverflow() throws Exception {
    int depth = Seed.longCampaign() ? 8000 : 1500;
    makeDeep(depth);
    assertThat(scan().scan(found::add)).isEqualTo(Outcome.COMPLETE);
    assertDeep("dd/".repeat(depth) + "file", depth);
    run("rm", "-rf", "dd");
  }

  abstract void assertDeep(String path, int depth);

  /**
   * Directories in one another, with paths longer than the kernel takes, and a file in the last.
   */
  private void makeDeep(int depth) throws Exception {
    String part = "dd/".repeat(500);
    run(
        "sh",
        "-c",
        "i=0; while [ $i -lt %d ]; do mkdir -p %s && cd -P %s || exit 1; i=$((i+500)); done; echo x > file"
            .formatted(depth, part, part));
  }

  private void moveRootAway() {
    if (Files.exists(root)) {
      assertThat(root.toFile().renameTo(temporary.resolve("away").toFile())).isTrue();
    }
  }

  Map<String, FolderEntry> paths() {
    Map<String, FolderEntry> paths = new HashMap<>();
    for (FolderEntry entry : found) {
      assertThat(paths.put(path(entry), entry)).isNull();
    }
    return paths;
  }

  private FolderEntry.Figures figures(String path) {
    assertThat(paths().get(path)).isInstanceOf(FolderEntry.File.class);
    return ((FolderEntry.File) Objects.requireNonNull(paths().get(path))).figures();
  }

  static String path(FolderEntry entry) {
    return switch (entry) {
      case FolderEntry.File file -> file.path();
      case FolderEntry.Directory directory -> directory.path();
      case FolderEntry.Other other -> other.path();
      case FolderEntry.Unknown unknown -> unknown.path();
      case FolderEntry.Unreadable unreadable -> unreadable.shown();
    };
  }

  void run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isZero();
  }
}
