package dotf.chunker.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every disk must do. Adapters give a disk and an empty directory on it. */
abstract class DiskContract {
  Path root;
  Directory directory;

  abstract Disk disk();

  abstract Path emptyDirectory() throws IOException;

  @BeforeEach
  void open() throws IOException {
    root = emptyDirectory();
    directory = disk().open(root);
  }

  @AfterEach
  void close() throws IOException {
    directory.close();
  }

  OpenFile fileWith(String name, String content) throws IOException {
    OpenFile file = directory.create(name, 0644);
    file.write(UTF_8.encode(content), 0);
    return file;
  }

  private String content(String name) throws IOException {
    int slash = name.lastIndexOf('/');
    try (Directory home = directory.openDirectory(name.substring(0, Math.max(0, slash)));
        OpenFile file = home.openRead(name.substring(slash + 1))) {
      ByteBuffer bytes = ByteBuffer.allocate((int) file.stat().size());
      int _ = file.read(bytes, 0);
      return UTF_8.decode(bytes.flip()).toString();
    }
  }

  @Test
  void open_missingDirectory_saysSo() {
    assertThatThrownBy(() -> disk().open(root.resolve("none")))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("none");
  }

  @Test
  void create_nameTaken_isRefusedAndNothingChanges() throws IOException {
    fileWith("a", "first").close();
    assertThatThrownBy(() -> directory.create("a", 0600))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(content("a")).isEqualTo("first");
  }

  @Test
  void stat_missing_isNullAndOnlyThen() throws IOException {
    assertThat(directory.stat("none")).isNull();
    fileWith("file", "x").close();
    assertThatThrownBy(() -> directory.stat("x".repeat(256)))
        .isInstanceOf(FileSystemException.class);
    assertThatThrownBy(() -> directory.openDirectory("file"))
        .isInstanceOf(FileSystemException.class);
  }

  @Test
  void stat_tellsKindSizeModeAndTimes() throws IOException {
    Instant modified = Instant.ofEpochSecond(-86_400, 123_456_789);
    try (OpenFile file = fileWith("a", "12345")) {
      file.setMode(0640);
      file.setModified(modified);
    }
    FileStat stat = Objects.requireNonNull(directory.stat("a"));
    assertThat(stat.type()).isEqualTo(FileStat.Type.FILE);
    assertThat(stat.size()).isEqualTo(5);
    assertThat(stat.mode()).isEqualTo(0640);
    assertThat(stat.links()).isEqualTo(1);
    assertThat(stat.uid()).isEqualTo(disk().user());
    assertThat(stat.modified()).isEqualTo(modified);
    try (OpenFile file = directory.openRead("a")) {
      assertThat(file.stat()).isEqualTo(stat);
    }
  }

  @Test
  void names_thatAreNotOneComponent_areRefused() {
    for (String name : List.of("", ".", "..", "a/b", "nul\0nul", "\ud800")) {
      assertThatThrownBy(() -> directory.stat(name)).isInstanceOf(FileSystemException.class);
      assertThatThrownBy(() -> directory.unlink(name)).isInstanceOf(FileSystemException.class);
    }
  }

  @Test
  void writeAndRead_anySizesAndBuffers_giveTheSameBytes() throws IOException {
    Random random = Seed.random("disk");
    byte[] expected = Payloads.noise(random.nextLong(), 1_500_000);
    try (OpenFile file = directory.create("a", 0600)) {
      int position = 0;
      while (position < expected.length) {
        List<ByteBuffer> parts = new ArrayList<>();
        int end = position;
        for (int i = random.nextInt(4); i >= 0 && end < expected.length; i--) {
          int length = Math.min(random.nextInt(400_000), expected.length - end);
          ByteBuffer part =
              random.nextBoolean()
                  ? ByteBuffer.allocate(length)
                  : ByteBuffer.allocateDirect(length);
          parts.add(part.put(expected, end, length).flip());
          end += length;
        }
        file.write(parts.toArray(ByteBuffer[]::new), position);
        assertThat(parts).allMatch(part -> !part.hasRemaining());
        position = end;
      }
      for (ByteBuffer into :
          List.of(ByteBuffer.allocate(600_000), ByteBuffer.allocateDirect(600_000))) {
        int from = random.nextInt(800_000);
        assertThat(file.read(into, from)).isEqualTo(600_000);
        byte[] read = new byte[600_000];
        into.flip().get(read);
        assertThat(read).isEqualTo(Arrays.copyOfRange(expected, from, from + 600_000));
      }
      ByteBuffer atEnd = ByteBuffer.allocate(100);
      assertThat(file.read(atEnd, expected.length - 10)).isEqualTo(10);
      assertThat(file.read(atEnd, expected.length)).isZero();
    }
  }

  @Test
  void link_publishesAnUnnamedFileAndNeverReplaces() throws IOException {
    try (OpenFile unnamed = directory.createUnnamed(0600)) {
      unnamed.write(UTF_8.encode("new"), 0);
      assertThat(directory.list()).isEmpty();
      fileWith("taken", "old").close();
      assertThat(directory.link(unnamed, "taken")).isFalse();
      assertThat(directory.link(unnamed, "free")).isTrue();
    }
    assertThat(content("taken")).isEqualTo("old");
    assertThat(content("free")).isEqualTo("new");
  }

  @Test
  void createUnnamed_closedWithoutLink_leavesNothing() throws IOException {
    directory.createUnnamed(0600).close();
    assertThat(directory.list()).isEmpty();
  }

  @Test
  void rename_nameTaken_isFalseAndNothingChanges() throws IOException {
    directory.makeDirectory("other", 0700);
    fileWith("a", "a").close();
    try (Directory other = directory.openDirectory("other")) {
      assertThat(directory.rename("a", other, "b")).isTrue();
      fileWith("c", "c").close();
      assertThat(directory.rename("c", other, "b")).isFalse();
    }
    assertThat(content("other/b")).isEqualTo("a");
    assertThat(content("c")).isEqualTo("c");
    assertThatThrownBy(() -> directory.rename("none", directory, "n"))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void exchange_swapsTwoEntries() throws IOException {
    fileWith("a", "was a").close();
    fileWith("b", "was b").close();
    directory.exchange("a", directory, "b");
    assertThat(content("a")).isEqualTo("was b");
    assertThat(content("b")).isEqualTo("was a");
  }

  @Test
  void removal_ofWhatIsNotThere_orNotEmpty_isHarmless() throws IOException {
    directory.unlink("none");
    assertThat(directory.makeDirectory("d", 0700)).isTrue();
    assertThat(directory.makeDirectory("d", 0700)).isFalse();
    try (Directory below = directory.openDirectory("d")) {
      below.create("x", 0600).close();
      assertThat(directory.removeDirectory("d")).isFalse();
      below.unlink("x");
    }
    assertThat(directory.removeDirectory("d")).isTrue();
  }

  @Test
  void attributes_comeBackAsTheyWereSet() throws IOException {
    Map<String, byte[]> set = Map.of("user.a", new byte[] {0, 1, 2}, "user.empty", new byte[0]);
    try (OpenFile file = fileWith("a", "x")) {
      assertThat(file.setAttributes(set)).isEmpty();
      assertThat(file.attributes().keySet()).isEqualTo(set.keySet());
      assertThat(file.attributes().get("user.a")).containsExactly(0, 1, 2);
      assertThat(file.setAttributes(Map.of("nonsense", new byte[1]))).containsExactly("nonsense");
    }
  }

  @Test
  void allocate_growsTheFile_andSyncsSucceed() throws IOException {
    try (OpenFile file = directory.createUnnamed(0600)) {
      file.allocate(1 << 20);
      assertThat(file.stat().size()).isEqualTo(1 << 20);
      file.truncate(10);
      file.sync();
      file.syncData();
      file.dropCache();
      assertThat(file.stat().size()).isEqualTo(10);
    }
    directory.sync();
    directory.syncFilesystem();
  }

  @Test
  void punch_readsAsZeros_andTheSizeStays() throws IOException {
    byte[] content = Payloads.noise(1, 300_000);
    try (OpenFile file = directory.createUnnamed(0600)) {
      file.write(ByteBuffer.wrap(content), 0);
      if (file.punch(65_536, 131_072)) {
        Arrays.fill(content, 65_536, 65_536 + 131_072, (byte) 0);
      }
      assertThat(file.stat().size()).isEqualTo(content.length);
      ByteBuffer read = ByteBuffer.allocate(content.length);
      assertThat(file.read(read, 0)).isEqualTo(content.length);
      assertThat(read.array()).isEqualTo(content);
    }
  }

  @Test
  void punch_givesTheSpaceBack() throws IOException {
    try (OpenFile file = directory.createUnnamed(0600)) {
      file.write(ByteBuffer.wrap(Payloads.noise(1, 300_000)), 0);
      file.sync();
      long before = file.allocated();
      assertThat(before).isBetween(300_000L, 600_000L);
      assumeTrue(file.punch(65_536, 131_072), "this filesystem makes no holes");
      file.sync();
      assertThat(file.allocated()).isLessThanOrEqualTo(before - 65_536);
      assertThat(file.stat().size()).isEqualTo(300_000);
    }
  }

  @Test
  void allocate_moreThanTheDiskHas_saysThatItIsFull() throws IOException {
    long tooMuch = disk().space(root).total() + (1L << 30);
    try (OpenFile file = directory.createUnnamed(0600)) {
      assertThatThrownBy(() -> file.allocate(tooMuch)).isInstanceOf(DiskFullException.class);
    }
  }

  @Test
  void everyCall_afterClose_fails_andClosingTwiceIsHarmless() throws IOException {
    OpenFile file = fileWith("a", "x");
    file.close();
    file.close();
    assertThatThrownBy(file::stat).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> file.read(ByteBuffer.allocate(1), 0)).isInstanceOf(IOException.class);
  }

  @Test
  void interruptedThread_doesNotCloseTheFile() throws IOException {
    try (OpenFile file = fileWith("a", "abc")) {
      Thread.currentThread().interrupt();
      assertThat(file.read(ByteBuffer.allocate(3), 0)).isEqualTo(3);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(file.read(ByteBuffer.allocate(3), 0)).isEqualTo(3);
    }
  }

  @Test
  void errors_nameTheFileAndTheReason() {
    assertThatThrownBy(() -> directory.openRead("none"))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessage(root + "/none: cannot open (No such file or directory)");
  }

  @Test
  void list_tellsEveryName() throws IOException {
    directory.makeDirectory("dir", 0700);
    fileWith("häuschen 🏠", "x").close();
    assertThat(directory.list())
        .containsExactlyInAnyOrder(
            new Directory.Entry("dir", FileStat.Type.DIRECTORY, false),
            new Directory.Entry("häuschen 🏠", FileStat.Type.FILE, false));
  }

  @Test
  void openDirectory_outOfTheTree_isRefused() throws IOException {
    directory.makeDirectory("in", 0700);
    for (String escape : List.of("..", "in/../..", "/etc")) {
      assertThatThrownBy(() -> directory.openDirectory(escape))
          .as(escape)
          .isInstanceOf(FileSystemException.class);
    }
  }
}
