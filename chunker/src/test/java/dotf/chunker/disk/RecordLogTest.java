package dotf.chunker.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.fixtures.Golden;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RecordLogTest {
  @TempDir private Path root;
  private Directory directory;

  @BeforeEach
  void open() throws IOException {
    directory = new LinuxDisk().open(root);
  }

  @AfterEach
  void close() throws IOException {
    directory.close();
  }

  private RecordLog log(List<String> replayed) throws IOException {
    return RecordLog.open(
        directory, "log", 1, record -> replayed.add(UTF_8.decode(record).toString()));
  }

  private List<String> replay() throws IOException {
    List<String> replayed = new ArrayList<>();
    log(replayed).close();
    return replayed;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private void write(String... records) throws IOException {
    try (RecordLog log = log(new ArrayList<>())) {
      for (String record : records) {
        log.append(bytes(record));
        log.commit();
      }
    }
  }

  private static void assertPrefix(List<String> replayed, String... records) {
    assertThat(replayed).isEqualTo(List.of(records).subList(0, replayed.size()));
  }

  private byte[] file() throws IOException {
    return Files.readAllBytes(root.resolve("log"));
  }

  @Test
  void records_comeBackInOrder() throws IOException {
    write("one", "", "three");
    write("four");
    assertThat(replay()).containsExactly("one", "", "three", "four");
  }

  @Test
  void anyTail_cutAnywhere_losesOnlyWhatWasCut() throws IOException {
    write("one", "two", "three");
    byte[] whole = file();
    for (int length = RecordLog.HEADER_BYTES; length < whole.length; length++) {
      Files.write(root.resolve("log"), Arrays.copyOf(whole, length));
      List<String> replayed = replay();
      assertPrefix(replayed, "one", "two", "three");
      write("next");
      replayed.add("next");
      assertThat(replay()).isEqualTo(replayed);
    }
  }

  @Test
  void damageBeforeRecordsThatAreWhole_isRefusedAndNothingIsCut() throws IOException {
    write("one", "two", "three");
    byte[] whole = file();
    int second = RecordLog.HEADER_BYTES + 20 + 3;
    for (int at = RecordLog.HEADER_BYTES; at < second + 20 + 3; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 0x10;
      Files.write(root.resolve("log"), damaged);
      assertThatThrownBy(this::replay)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("log is damaged at byte");
      assertThat(file()).isEqualTo(damaged);
    }
  }

  @Test
  void batchThatWasNeverConfirmed_withAHoleInIt_isCut() throws IOException {
    write("kept");
    int confirmed = file().length;
    try (RecordLog log = log(new ArrayList<>())) {
      log.append(bytes("lost page"));
      log.append(bytes("written page"));
    }
    byte[] torn = file();
    Arrays.fill(torn, confirmed, confirmed + 20, (byte) 0);
    Files.write(root.resolve("log"), torn);
    assertThat(replay()).containsExactly("kept");
  }

  @Test
  void randomDamage_neverInventsOrHangs() throws IOException {
    Random random = Seed.random("record log");
    String[] records = new String[200];
    Arrays.setAll(records, i -> "record " + i + " ".repeat(random.nextInt(50)));
    write(records);
    byte[] whole = file();
    for (int round = 0; round < 300; round++) {
      byte[] damaged = Arrays.copyOf(whole, random.nextInt(whole.length + 1));
      for (int i = random.nextInt(3); i > 0 && damaged.length > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(root.resolve("log"), damaged);
      try {
        assertPrefix(replay(), records);
      } catch (IOException e) {
        assertThat(e).hasMessageContaining("log");
      }
    }
  }

  @Test
  void newerVersion_orAnotherFile_isRefusedInPlainWords() throws IOException {
    RecordLog.open(directory, "log", 7, record -> {}).close();
    assertThatThrownBy(this::replay).hasMessageContaining("newer dotf (version 7)");
    Files.writeString(root.resolve("log"), "my own notes");
    assertThatThrownBy(this::replay).hasMessageContaining("not a record log of dotf");
  }

  @Test
  void rewrite_replacesEverything_andTheLogGoesOn() throws IOException {
    try (RecordLog log = log(new ArrayList<>())) {
      log.append(bytes("old"));
      log.rewrite(List.of(bytes("a"), bytes("b")));
      log.append(bytes("c"));
    }
    assertThat(replay()).containsExactly("a", "b", "c");
    assertThat(root.toFile().list()).containsExactly("log");
  }

  @Test
  void rewrite_ofMegabytes_isReadBackWhole() throws IOException {
    List<byte[]> records = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      records.add(Payloads.noise(i, RecordLog.RECORD_BYTES_MAX));
    }
    try (RecordLog log = log(new ArrayList<>())) {
      log.rewrite(records);
    }
    List<byte[]> replayed = new ArrayList<>();
    RecordLog.open(
            directory,
            "log",
            1,
            record -> {
              byte[] copy = new byte[record.remaining()];
              record.get(copy);
              replayed.add(copy);
            })
        .close();
    assertThat(replayed).hasSize(12);
    for (int i = 0; i < 12; i++) {
      assertThat(replayed.get(i)).isEqualTo(records.get(i));
    }
  }

  @Test
  void manyThreads_eachFindsItsCommittedRecords() throws Exception {
    int threads = 8;
    int each = 200;
    try (RecordLog log = log(new ArrayList<>());
        ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> done = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int thread = t;
        Callable<Void> work =
            () -> {
              for (int i = 0; i < each; i++) {
                log.append(bytes(thread + ":" + i));
                if (i % 20 == 19) {
                  log.commit();
                }
              }
              return null;
            };
        done.add(pool.submit(work));
      }
      for (Future<Void> future : done) {
        future.get();
      }
    }
    List<String> replayed = replay();
    assertThat(replayed).hasSize(threads * each).doesNotHaveDuplicates();
  }

  @Test
  void appendAfterClose_isRefused_andClosingTwiceIsHarmless() throws IOException {
    RecordLog log = log(new ArrayList<>());
    log.close();
    log.close();
    assertThatThrownBy(() -> log.append(bytes("late"))).isInstanceOf(IOException.class);
  }

  @Test
  void layout_isTheOneThatIsWrittenDown() throws IOException {
    try (RecordLog log = log(new ArrayList<>())) {
      log.append(bytes("one"));
      log.append(bytes(""));
      log.commit();
      log.append(Payloads.noise(5, 300));
    }
    Golden.matches("record-log-1.hex", file());
  }

  @Test
  void logOfTheFirstVersion_isStillRead() throws IOException {
    Files.write(root.resolve("log"), Golden.bytes("record-log-1.hex"));
    assertThat(replay()).startsWith("one", "").hasSize(3);
  }

  @Test
  void whatWasCommitted_survivesALossOfPower_inANewLogAndInARewrittenOne() throws IOException {
    Path path = Path.of("/memory");
    MemoryDisk disk = new MemoryDisk();
    disk.makeDirectories(path);
    RecordLog log = RecordLog.open(disk.open(path), "log", 1, record -> {});
    long _ = log.append(new byte[] {1});
    log.commit();
    assertThat(recordsAfterPowerLoss(disk, path)).containsExactly((byte) 1);
    log.rewrite(List.of(new byte[] {2}));
    assertThat(recordsAfterPowerLoss(disk, path)).containsExactly((byte) 2);
    long _ = log.append(new byte[] {3});
    assertThat(recordsAfterPowerLoss(disk, path)).containsExactly((byte) 2);
    log.commit();
    assertThat(recordsAfterPowerLoss(disk, path)).containsExactly((byte) 2, (byte) 3);
  }

  private static List<Byte> recordsAfterPowerLoss(MemoryDisk disk, Path path) throws IOException {
    List<Byte> records = new ArrayList<>();
    Directory left = disk.afterPowerLoss(i -> MemoryDisk.Fate.LOST).open(path);
    RecordLog.open(left, "log", 1, record -> records.add(record.get())).close();
    return records;
  }
}
