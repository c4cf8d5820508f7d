package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.catalog.FileState;
import dotf.fixtures.Payloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The path of a byte, down and up, as the README tells it. */
class BytePathTest {
  @TempDir Path temporary;

  @Test
  void aFileGoesDownIntoBlocksAndComesUpAgain() throws IOException, InterruptedException {
    Path folder = Files.createDirectory(temporary.resolve("Sync"));
    try (TestDevice device = TestDevice.alone(temporary.resolve("home"))) {
      device.agent.addFolder(folder, false);

      // Down: the file is dropped in, comes to rest, is stored and proved, and a stub takes its
      // place.
      byte[] content = Payloads.noise(7, 3_000_000);
      Path file = Files.write(folder.resolve("holiday.mp4"), content);
      FileTime modified = FileTime.from(Instant.parse("2026-08-03T14:11:00.123456789Z"));
      Files.setLastModifiedTime(file, modified);
      Path stub = folder.resolve("holiday.mp4.f");
      eventually("the stub stands", () -> Files.exists(stub) && Files.notExists(file));
      device.settle();
      assertThat(device.row(stub))
          .returns(FileState.STUB, FileRow::state)
          .returns(3_000_000L, FileRow::size);

      // Up: somebody reads the stub, and the file is there as it was.
      assertThat(Files.readString(stub)).startsWith("dotf-stub 1 ").contains("holiday.mp4");
      eventually("the file is back", () -> Files.exists(file) && Files.notExists(stub));
      assertThat(file).hasBinaryContent(content);
      assertThat(Files.getLastModifiedTime(file)).isEqualTo(modified);
      eventually("it lingers", () -> device.row(file).state() == FileState.LINGERING);
    }
  }
}
