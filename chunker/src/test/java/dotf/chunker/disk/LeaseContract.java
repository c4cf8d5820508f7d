package dotf.chunker.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.disk.OpenFile.LeaseKind;
import dotf.chunker.disk.OpenFile.LeaseResult;
import dotf.fixtures.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a lease must prove: that nobody writes to a file, and that a writer is noticed. */
abstract class LeaseContract {
  private Path root;
  private Path path;
  private Directory directory;
  private OpenFile file;

  abstract Disk disk();

  abstract Path emptyDirectory() throws IOException;

  @BeforeEach
  void open() throws IOException {
    root = emptyDirectory();
    path = root.resolve("file");
    Files.writeString(path, "rested\n");
    directory = disk().open(root);
    file = directory.openRead("file");
  }

  @AfterEach
  void close() throws IOException {
    file.close();
    directory.close();
  }

  private OpenFile.Lease granted(LeaseKind kind) throws IOException {
    LeaseResult result = file.lease(kind);
    assertThat(result).isInstanceOf(LeaseResult.Granted.class);
    return ((LeaseResult.Granted) result).lease();
  }

  @Test
  void read_nobodyWrites_isHeldUntilClosed() throws IOException {
    OpenFile.Lease lease = granted(LeaseKind.READ);
    assertThat(lease.held()).isTrue();
    lease.close();
    lease.close();
    assertThat(lease.held()).isFalse();
  }

  @Test
  void read_aWriterHoldsItOpen_isInUse() throws Exception {
    Process writer = holding("exec 3>>file; echo ready; read x");
    assertThat(file.lease(LeaseKind.READ)).isInstanceOf(LeaseResult.InUse.class);
    end(writer);
    granted(LeaseKind.READ).close();
  }

  @Test
  void read_aWritableMappingOutlivesItsDescriptor_isInUse() throws IOException {
    try (Arena mapping = Arena.ofConfined()) {
      try (FileChannel channel =
          FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        assertThat(channel.map(MapMode.READ_WRITE, 0, 7, mapping).byteSize()).isEqualTo(7);
      }
      assertThat(file.lease(LeaseKind.READ)).isInstanceOf(LeaseResult.InUse.class);
    }
    granted(LeaseKind.READ).close();
  }

  @Test
  void read_writerComes_isNoticedAndTheWriterWaitsForUs() throws Exception {
    for (int round = 0; round < 3; round++) {
      OpenFile.Lease lease = granted(LeaseKind.READ);
      Process writer = shell("echo written >> file");
      Eventually.eventually("the lease breaks", () -> !lease.held());
      assertThat(writer.isAlive()).isTrue();
      assertThat(Files.readString(path)).doesNotContain("written\n".repeat(round + 1));
      lease.close();
      assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(Files.readString(path)).contains("written\n".repeat(round + 1));
    }
  }

  @Test
  void read_writerThroughAHardLinkOrAfterARename_isNoticed() throws Exception {
    Files.createLink(path.resolveSibling("second"), path);
    OpenFile.Lease lease = granted(LeaseKind.READ);
    assertThat(directory.rename("file", directory, "moved")).isTrue();
    Process writer = shell("echo x >> second");
    Eventually.eventually("the lease breaks", () -> !lease.held());
    lease.close();
    assertThat(writer.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void read_readersCome_isHeld() throws Exception {
    OpenFile.Lease lease = granted(LeaseKind.READ);
    assertThat(shell("cat file").waitFor(10, TimeUnit.SECONDS)).isTrue();
    assertThat(lease.held()).isTrue();
    lease.close();
  }

  @Test
  void write_anybodyHasItOpen_isInUse() throws Exception {
    Process reader = holding("exec 3<file; echo ready; read x");
    assertThat(file.lease(LeaseKind.WRITE)).isInstanceOf(LeaseResult.InUse.class);
    end(reader);
    OpenFile.Lease lease = granted(LeaseKind.WRITE);
    assertThat(lease.held()).isTrue();
    Process late = shell("cat file");
    Eventually.eventually("a reader breaks it", () -> !lease.held());
    lease.close();
    assertThat(late.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void lease_endsWithItsFile() throws Exception {
    OpenFile.Lease lease = granted(LeaseKind.READ);
    file.close();
    assertThat(shell("echo x >> file").waitFor(10, TimeUnit.SECONDS)).isTrue();
    lease.close();
  }

  private Process shell(String script) throws IOException {
    return new ProcessBuilder("sh", "-c", script)
        .directory(root.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private Process holding(String script) throws IOException {
    Process process = shell(script);
    BufferedReader output = process.inputReader(UTF_8);
    assertThat(output.readLine()).isEqualTo("ready");
    return process;
  }

  private static void end(Process process) throws Exception {
    process.getOutputStream().close();
    assertThat(process.waitFor(Duration.ofSeconds(10))).isTrue();
  }
}
