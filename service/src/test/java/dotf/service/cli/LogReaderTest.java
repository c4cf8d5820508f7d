package dotf.service.cli;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LogReaderTest {
  @TempDir private Path directory = Path.of("");
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void follow_acrossRotations_printsEveryLineOnceAndInOrder() throws Exception {
    Path log = directory.resolve("dotf.log");
    append(log, "long ago " + "x".repeat(5000) + "\nlately\n");
    Thread reader = Thread.ofVirtual().start(this::follow);
    try {
      eventually("what was there is printed", () -> text().equals("lately\n"));
      for (int round = 1; round <= 3; round++) {
        append(log, "before " + round + "\n");
        Files.move(log, directory.resolve("dotf." + round + ".log"));
        // Longer than the file before it: a length alone does not tell them apart.
        append(log, "after " + round + " " + "y".repeat(50) + "\n");
        String last = "after " + round;
        eventually("the line after a rotation is printed", () -> text().contains(last));
      }
    } finally {
      reader.interrupt();
      reader.join();
    }
    assertThat(text().lines().map(line -> line.replaceAll(" y+$", "")))
        .containsExactly(
            "lately", "before 1", "after 1", "before 2", "after 2", "before 3", "after 3");
  }

  private void follow() {
    Screen screen =
        Screen.of(
            printed,
            OutputStream.nullOutputStream(),
            new ByteArrayInputStream(new byte[0]),
            false,
            80);
    try {
      new LogReader(directory, screen).follow();
    } catch (IOException | InterruptedException e) {
      // The test has seen enough.
      Thread.currentThread().interrupt();
    }
  }

  private String text() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static void append(Path log, String text) throws IOException {
    Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
