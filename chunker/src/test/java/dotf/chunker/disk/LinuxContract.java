package dotf.chunker.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the disk of a machine must do besides: things are on it that are not ours. */
abstract class LinuxContract extends DiskContract {
  @Test
  void stat_ofALink_isTheLinkItself() throws IOException {
    Files.createSymbolicLink(root.resolve("link"), Path.of("/etc/passwd"));
    FileStat stat = Objects.requireNonNull(directory.stat("link"));
    assertThat(stat.type()).isEqualTo(FileStat.Type.LINK);
    assertThatThrownBy(() -> directory.openRead("link")).isInstanceOf(FileSystemException.class);
  }

  @Test
  void openDirectory_neverLeavesTheTree() throws IOException {
    Files.createDirectories(root.resolve("in/deep"));
    Files.createSymbolicLink(root.resolve("out"), Path.of("/tmp"));
    Files.createSymbolicLink(root.resolve("in/loop"), Path.of("deep"));
    for (String escape : List.of("..", "in/../..", "out", "/etc", "in/loop")) {
      assertThatThrownBy(() -> directory.openDirectory(escape))
          .as(escape)
          .isInstanceOf(FileSystemException.class);
    }
    try (Directory deep = directory.openDirectory("in/deep")) {
      assertThat(deep.stat().type()).isEqualTo(FileStat.Type.DIRECTORY);
    }
  }

  @Test
  void list_tellsEveryNameAndMarksTheMangledOnes() throws Exception {
    Files.createDirectory(root.resolve("dir"));
    fileWith("häuschen 🏠", "x").close();
    for (int i = 0; i < 2000; i++) {
      fileWith("f" + i, "").close();
    }
    runShell("printf x > \"$(printf 'bad\\377')\"");
    List<Directory.Entry> entries = directory.list();
    assertThat(entries).hasSize(2003);
    assertThat(entries).contains(new Directory.Entry("dir", FileStat.Type.DIRECTORY, false));
    assertThat(entries).contains(new Directory.Entry("häuschen 🏠", FileStat.Type.FILE, false));
    assertThat(entries).contains(new Directory.Entry("bad\uFFFD", FileStat.Type.FILE, true));
  }

  @Test
  void openRead_ofAPipe_isRefusedWithoutWaiting() throws Exception {
    runShell("mkfifo pipe");
    assertThatThrownBy(() -> directory.openRead("pipe"))
        .isInstanceOf(FileSystemException.class)
        .hasMessageContaining("not a regular file");
  }

  @Test
  void open_whatMayNotBeSeen_isNotMissing() {
    assertThatThrownBy(() -> disk().open(Path.of("/proc/1/root/none")))
        .isInstanceOfAny(NoSuchFileException.class, AccessDeniedException.class);
  }

  private void runShell(String script) throws Exception {
    Process process = new ProcessBuilder("sh", "-c", script).directory(root.toFile()).start();
    assertThat(process.waitFor()).isZero();
  }
}
