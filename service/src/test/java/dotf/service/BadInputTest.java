package dotf.service;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dotf.service.Machine.Result;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What people get wrong: each ends with its exit code and one sentence, and changes nothing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BadInputTest {
  private static final String UNKNOWN = "0".repeat(64);

  @TempDir private static Path base;
  private Machine machine;
  private Result started;

  /** Its port is held by this test, as any other program would. */
  @BeforeAll
  void start() throws Exception {
    machine = Machine.made(base.resolve("machine"));
    machine.run("status").refused(69);
    try (ServerSocket holder = new ServerSocket(0)) {
      machine.quicken();
      String settings = Files.readString(machine.home().resolve("dotf.toml"));
      Files.writeString(
          machine.home().resolve("dotf.toml"),
          settings.replaceFirst("port = \\d+", "port = " + holder.getLocalPort()));
      started = machine.run("start").succeeded();
      assertThat(started.out()).contains(holder.getLocalPort() + " is held by ");
    }
    machine.add();
  }

  @AfterAll
  void end() throws IOException {
    machine.close();
  }

  @Test
  void aBusyPortIsNoFailureAndItsHolderIsNamed() {
    assertThat(started.out()).contains("(process " + ProcessHandle.current().pid() + ")");
  }

  @Test
  void aSecondAgentOnTheSameHomeIsRefused() throws Exception {
    assertThat(machine.run("run").refused(1).err()).contains("an agent runs already");
  }

  @Test
  void whatIsNotThereIsNamed() throws Exception {
    machine.run("pin", UNKNOWN).refused(66);
    for (String command : List.of("restore", "cat")) {
      String absent = machine.stub("absent").toString();
      assertThat(machine.run(command, absent).refused(66).err()).contains(absent);
    }
  }

  @Test
  void aTicketThatIsNoneIsRefused() throws Exception {
    assertThat(machine.feed("garbage\n", "join", "-").refused(1).err()).contains("ticket");
  }

  @Test
  void foldersThatWouldHarmAreRefused() throws Exception {
    Path inside = Files.createDirectories(machine.file("inside"));
    for (Path folder : List.of(Path.of("/"), machine.home().resolve("keys"), inside)) {
      machine.run("add", folder.toString(), "--yes").refused(77);
    }
    assertThat(machine.run("folders", "--json").succeeded().out().split("\"path\"", -1))
        .as("still one folder")
        .hasSize(2);
  }

  @Test
  void aStubThatIsNotOursOrNotWholeRestoresNothing() throws Exception {
    byte[] stub = stubOf("whole");
    Path outside = Files.createDirectories(base.resolve("outside"));
    byte[] damaged = stub.clone();
    damaged[damaged.length - 100] ^= 1;
    Files.write(outside.resolve("damaged.f"), damaged);
    Files.write(outside.resolve("truncated.f"), Arrays.copyOf(stub, stub.length / 2));
    try (Machine other = Machine.made(base.resolve("other"))) {
      other.start();
      Path foreign = Files.write(outside.resolve("foreign.f"), stub);
      refusedToRestore(other, foreign);
      Files.delete(foreign);
    }
    refusedToRestore(machine, outside.resolve("damaged.f"));
    refusedToRestore(machine, outside.resolve("truncated.f"));
    try (var files = Files.list(outside)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("damaged.f", "truncated.f");
    }
  }

  @Test
  void aNameWithLinesOfAStubIsANameLikeAnyOther() throws Exception {
    String name = "named\nwas named  other.pdf          size 4.0 GB";
    byte[] content = ("was named  other.pdf\n" + "x".repeat(6000)).getBytes(StandardCharsets.UTF_8);
    Files.write(machine.file(name), content);
    machine.awaitStubs(List.of(name));
    machine.run("restore", machine.stub(name).toString()).succeeded();
    assertThat(machine.file(name)).hasBinaryContent(content);
  }

  @Test
  void aFileThatBeginsLikeAStubIsKeptAndReported() throws Exception {
    String stub = new String(stubOf("imitated"), StandardCharsets.ISO_8859_1);
    String lines = stub.lines().limit(6).reduce("", (all, line) -> all + line + "\n");
    byte[] imitation = (lines + "x".repeat(6000)).getBytes(StandardCharsets.ISO_8859_1);
    Files.write(machine.file("imitates.f"), imitation);
    awaitListed("conflict", "damaged stub");
    assertThat(machine.file("imitates.f")).hasBinaryContent(imitation);
  }

  @Test
  void aNameThatIsNotUtf8IsSkippedWithItsReason() throws Exception {
    Process bash =
        new ProcessBuilder(
                "bash", "-c", "head -c 9000 /dev/zero > \"$(printf 'bad\\xff')\" && ls | wc -l")
            .directory(machine.folder().toFile())
            .start();
    assumeTrue(bash.waitFor() == 0, "this filesystem takes no name that is not UTF-8");
    awaitListed("skipped", "not UTF-8");
  }

  /** Waits until {@code ls} has a file in this state, for this reason. */
  private void awaitListed(String state, String reason) {
    eventually(
        state + " with its reason",
        () ->
            machine
                .run("ls")
                .succeeded()
                .out()
                .lines()
                .anyMatch(line -> line.startsWith(state) && line.contains(reason)));
  }

  private byte[] stubOf(String name) throws IOException {
    Files.write(machine.file(name), new byte[20_000]);
    machine.awaitStubs(List.of(name));
    // Copied by its bytes, which is a reading: the file comes back, and that is no matter here.
    return Files.readAllBytes(machine.stub(name));
  }

  private static void refusedToRestore(Machine machine, Path stub) throws Exception {
    Result result = machine.run("restore", stub.toString()).ended(1);
    assertThat(result.err()).contains(stub.toString()).doesNotContain("\tat ");
    assertThat(result.out()).contains("restored 0 files");
  }
}
