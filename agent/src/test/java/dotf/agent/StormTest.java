package dotf.agent;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.agent.catalog.FileState;
import dotf.fixtures.Payloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that read many stubs, on real files. */
@Timeout(120)
class StormTest {
  private static final int FILES = 40;

  @TempDir Path temporary;
  private Path folder;
  private TestDevice device;

  @BeforeEach
  void startWithStubs() throws IOException, InterruptedException {
    folder = Files.createDirectory(temporary.resolve("Sync"));
    device = TestDevice.alone(temporary.resolve("home"));
    for (int i = 0; i < FILES; i++) {
      Files.write(folder.resolve("f" + i), Payloads.noise(i, 9000));
    }
    device.agent.addFolder(folder, false);
    eventually("all are stubs", () -> stubs() == FILES);
    device.settle();
  }

  @AfterEach
  void stop() throws IOException {
    device.close();
  }

  private long stubs() throws IOException {
    return device.agent.folders().getFirst().stubs();
  }

  private Path stub(int number) {
    return folder.resolve("f" + number + ".f");
  }

  private void read(Path stub) throws IOException {
    try {
      Files.readAllBytes(stub);
    } catch (NoSuchFileException thereAlready) {
      assertThat(stub.resolveSibling(stub.getFileName().toString().replace(".f", ""))).exists();
    }
  }

  private void readAll() throws IOException, InterruptedException {
    for (Path stub : IntStream.range(0, FILES).mapToObj(this::stub).toList()) {
      read(stub);
    }
    eventually("the storm is noticed", () -> device.agent.status().held() != null);
    device.settle();
  }

  @Test
  void readingAllStubs_restoresEight_andAllowBringsTheRestBack()
      throws IOException, InterruptedException {
    readAll();
    assertThat(stubs()).isEqualTo(FILES - StormBreaker.FILES_MAX);
    assertThat(device.agent.status().held()).contains("8 files").contains("dotf allow");
    Path held =
        IntStream.range(0, FILES).mapToObj(this::stub).filter(Files::exists).toList().getLast();
    assertThat(device.agent.why(held).rule()).contains("held back");
    assertThat(device.agent.why(held).waitsFor()).contains("dotf allow");
    List<FileRow> rows = new ArrayList<>();
    device.agent.files(folder, rows::add);
    assertThat(rows)
        .filteredOn(row -> row.path().equals(held))
        .singleElement()
        .asString()
        .contains("dotf allow");
    device.agent.restore(List.of(held), null, Progress.silent());
    assertThat(device.agent.why(held).rule()).doesNotContain("held back");

    Allowed allowed = device.agent.allow(null, Duration.ofMinutes(10));
    assertThat(allowed.released()).singleElement().asString().matches("3[12] files .*");
    device.settle();
    assertThat(stubs()).isZero();
    assertThat(device.agent.status().held()).isNull();
  }

  @Test
  void whatAPersonAsksFor_isNeverHeld() throws IOException, InterruptedException {
    readAll();
    List<Path> held = IntStream.range(0, FILES).mapToObj(this::stub).filter(Files::exists).toList();
    Outcome outcome = device.agent.restore(held.subList(0, 20), null, Progress.silent());
    assertThat(outcome.files()).isEqualTo(20);
    assertThat(device.agent.status().held()).as("the storm goes on").isNotNull();
  }

  @Test
  void stubsThatAreNotKnownYet_countToo() throws IOException, InterruptedException {
    AgentSettings usual = TestDevice.settings(2);
    device.agent.apply(
        new AgentSettings(
            Duration.ofSeconds(3),
            usual.linger(),
            usual.copies(),
            usual.stubMin(),
            usual.storeLimit(),
            usual.reserve(),
            usual.quarantine(),
            usual.trash(),
            usual.scan()));
    Path inside = Files.createDirectory(folder.resolve("moved"));
    for (int i = 0; i < FILES; i++) {
      Files.move(stub(i), inside.resolve("f" + i + ".f"));
    }
    Instant moved = Instant.now();
    eventually("no writer can have them open", () -> Instant.now().isAfter(moved.plusMillis(600)));
    for (int i = 0; i < FILES; i++) {
      read(inside.resolve("f" + i + ".f"));
    }
    eventually("the storm is noticed", () -> device.agent.status().held() != null);
    device.settle();
    assertThat(stubs()).isEqualTo(FILES - StormBreaker.FILES_MAX);
  }

  @Test
  void whatDoesNotFitAboveTheReserve_staysAStub_andSaysSo()
      throws IOException, InterruptedException {
    AgentSettings usual = TestDevice.settings(2);
    device.agent.apply(withReserve(usual, Long.MAX_VALUE / 2));
    read(stub(3));
    eventually("it says so", () -> device.agent.why(stub(3)).rule().contains("needs 8.8 KB"));
    device.settle();
    assertThat(device.row(stub(3)).reason()).contains("free above the reserve");
    device.agent.apply(usual);
    read(stub(3));
    eventually("it is back", () -> device.row(folder.resolve("f3")).state() == FileState.LINGERING);
    assertThat(folder.resolve("f3")).exists();
  }

  private static AgentSettings withReserve(AgentSettings usual, long bytes) {
    return new AgentSettings(
        usual.settle(),
        usual.linger(),
        usual.copies(),
        usual.stubMin(),
        usual.storeLimit(),
        bytes,
        usual.quarantine(),
        usual.trash(),
        usual.scan());
  }

  @Test
  void copyingContentElsewhere_opensNothing() throws IOException, InterruptedException {
    Path elsewhere = Files.createDirectory(temporary.resolve("elsewhere"));
    Outcome outcome = device.agent.restoreAll(elsewhere, Progress.silent());
    assertThat(outcome.files()).isEqualTo(FILES);
    device.settle();
    assertThat(stubs()).isEqualTo(FILES);
    assertThat(device.agent.status().held()).isNull();
  }

  @Test
  void allowingWhatIsInNoFolder_isRefused() {
    assertThatThrownBy(() -> device.agent.allow(temporary, Duration.ofMinutes(1)))
        .isInstanceOf(NotFoundException.class);
  }
}
