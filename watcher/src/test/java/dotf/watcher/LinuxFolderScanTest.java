package dotf.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.watcher.FolderScan.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(value = OS.LINUX, disabledReason = "reads by Linux's own calls")
class LinuxFolderScanTest extends FolderScanContract {
  @Override
  TreeReader.Opener opener() {
    return LinuxTreeReader::open;
  }

  @Override
  void assertDeep(String path, int depth) {
    assertThat(found).hasSize(depth + 1);
    assertThat(path(found.getLast())).isEqualTo(path);
  }

  @Test
  void beginningBehindALink_findsNothing() throws IOException {
    Path outside = Files.createDirectory(temporary.resolve("outside"));
    Files.writeString(outside.resolve("file"), "x");
    Files.createSymbolicLink(root.resolve("link"), outside);
    assertThat(scan().scan("link/file", found::add, () -> false)).isEqualTo(Outcome.ABSENT);
    assertThat(scan().scan("link", found::add, () -> false)).isEqualTo(Outcome.COMPLETE);
    assertThat(found).containsExactly(new FolderEntry.Other("link", "symbolic link"));
  }

  @Test
  void beginningAtANameThatCannotBe_findsNothing() throws IOException {
    Files.writeString(root.resolve("a"), "x");
    assertThat(scan().scan("a\0b", found::add, () -> false)).isEqualTo(Outcome.ABSENT);
  }

  @Test
  void beginningOutside_isRefused() throws IOException {
    Files.writeString(temporary.resolve("file"), "x");
    assertThat(scan().scan("../file", found::add, () -> false)).isEqualTo(Outcome.COMPLETE);
    assertThat(found).hasOnlyElementsOfType(FolderEntry.Unknown.class);
  }
}
