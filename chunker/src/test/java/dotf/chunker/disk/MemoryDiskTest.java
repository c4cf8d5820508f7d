package dotf.chunker.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.disk.MemoryDisk.Fate;
import dotf.chunker.disk.OpenFile.LeaseKind;
import dotf.chunker.disk.OpenFile.LeaseResult;
import dotf.fixtures.Eventually;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The disk in memory: what every disk does, and what it may lose. */
final class MemoryDiskTest {
  private static final Path ROOT = Path.of("/memory");

  private final MemoryDisk disk = new MemoryDisk();
  private Directory directory;

  @BeforeEach
  void open() throws IOException {
    disk.makeDirectories(ROOT);
    directory = disk.open(ROOT);
  }

  @Nested
  final class Contract extends DiskContract {
    @Override
    Disk disk() {
      return disk;
    }

    @Override
    Path emptyDirectory() {
      return ROOT;
    }
  }

  private OpenFile write(String name, String content) throws IOException {
    OpenFile file = directory.create(name, 0600);
    file.write(UTF_8.encode(content), 0);
    return file;
  }

  /** What a file holds after power was lost, null when it is not there. */
  private @Nullable String after(Fate fate, String name) throws IOException {
    return content(disk.afterPowerLoss(i -> fate), name);
  }

  private static @Nullable String content(MemoryDisk disk, String name) throws IOException {
    Directory there = disk.open(ROOT);
    if (there.stat(name) == null) {
      return null;
    }
    try (OpenFile file = there.openRead(name)) {
      ByteBuffer bytes = ByteBuffer.allocate(100);
      int _ = file.read(bytes, 0);
      return UTF_8.decode(bytes.flip()).toString();
    }
  }

  @Test
  void unsyncedContent_mayBeThere_byHalf_orNot() throws IOException {
    write("a", "content!").close();
    directory.sync();
    assertThat(after(Fate.KEPT, "a")).isEqualTo("content!");
    assertThat(after(Fate.TORN, "a")).isEqualTo("cont");
    assertThat(after(Fate.LOST, "a")).isEmpty();
    assertThat(content(disk, "a")).isEqualTo("content!");
  }

  @Test
  void syncedContent_withoutItsDirectory_mayHaveNoName() throws IOException {
    try (OpenFile file = write("a", "content")) {
      file.sync();
    }
    assertThat(after(Fate.LOST, "a")).isNull();
    assertThat(after(Fate.KEPT, "a")).isEqualTo("content");
    directory.sync();
    assertThat(after(Fate.LOST, "a")).isEqualTo("content");
    assertThat(disk.unsynced()).isZero();
  }

  @Test
  void rename_isKeptWhenBothDirectoriesAreSynced_andIsWholeInAnyCase() throws IOException {
    directory.makeDirectory("other", 0700);
    write("a", "content").close();
    directory.syncFilesystem();
    Directory other = directory.openDirectory("other");
    assertThat(directory.rename("a", other, "b")).isTrue();
    other.sync();
    MemoryDisk lost = disk.afterPowerLoss(i -> Fate.LOST);
    assertThat(content(lost, "a")).isEqualTo("content");
    assertThat(lost.open(ROOT).openDirectory("other").stat("b")).isNull();
    directory.sync();
    lost = disk.afterPowerLoss(i -> Fate.LOST);
    assertThat(content(lost, "a")).isNull();
    assertThat(lost.open(ROOT).openDirectory("other").stat("b")).isNotNull();
  }

  @Test
  void changesOfOneName_keepTheirOrder() throws IOException {
    directory.makeDirectory("other", 0700);
    write("a", "old").close();
    directory.syncFilesystem();
    Directory other = directory.openDirectory("other");
    assertThat(directory.rename("a", other, "b")).isTrue();
    write("a", "new").close();
    int made = disk.unsynced();
    MemoryDisk onlyTheLatest =
        disk.afterPowerLoss(i -> i == made - 1 || i > 0 ? Fate.KEPT : Fate.LOST);
    assertThat(content(onlyTheLatest, "a")).isEqualTo("old");
    directory.sync();
    MemoryDisk synced = disk.afterPowerLoss(i -> Fate.LOST);
    assertThat(content(synced, "a")).isEmpty();
    assertThat(synced.open(ROOT).openDirectory("other").stat("b")).isNotNull();
  }

  @Test
  void leases_areRefusedWhileSomebodyWrites_andMakeWritersWait() throws Exception {
    OpenFile writer = write("a", "x");
    OpenFile reader = directory.openRead("a");
    assertThat(reader.lease(LeaseKind.READ)).isInstanceOf(LeaseResult.InUse.class);
    writer.close();
    OpenFile.Lease lease = ((LeaseResult.Granted) reader.lease(LeaseKind.READ)).lease();
    directory.openRead("a").close();
    assertThat(lease.held()).isTrue();
    CompletableFuture<OpenFile> late =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return directory.openWrite("a");
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    Eventually.eventually("the lease breaks", () -> !lease.held());
    assertThat(late).isNotDone();
    lease.close();
    OpenFile opened = late.get(20, TimeUnit.SECONDS);
    assertThat(reader.lease(LeaseKind.WRITE)).isInstanceOf(LeaseResult.InUse.class);
    opened.close();
    assertThat(reader.lease(LeaseKind.WRITE)).isInstanceOf(LeaseResult.Granted.class);
  }
}
