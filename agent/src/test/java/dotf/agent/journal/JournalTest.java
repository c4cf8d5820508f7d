package dotf.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.agent.journal.JournalRecord.FileRenamed;
import dotf.agent.journal.JournalRecord.FileStored;
import dotf.agent.journal.JournalRecord.FolderAdded;
import dotf.agent.journal.JournalRecord.Sealed;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.LinuxDisk;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  private final Random random = Seed.random("journal");
  private final FolderId folder = FolderId.random(random);
  private final BlockAddress batch = Versions.random(random).manifest();

  @TempDir Path temporary;
  private Directory directory;

  @BeforeEach
  void openDirectory() throws IOException {
    directory = new LinuxDisk().open(temporary);
  }

  @AfterEach
  void closeDirectory() throws IOException {
    directory.close();
  }

  private FileKey key(String path) {
    return new FileKey(folder, path);
  }

  private static Sealed seal(Journal journal, long sequence, BlockAddress batch, int bytesMax)
      throws IOException {
    Sealed last = journal.lastSealed();
    Chain chain = last == null ? Chain.START : last.chain();
    List<byte[]> records = journal.unsealed(bytesMax);
    for (byte[] record : records) {
      chain = chain.then(record);
    }
    Sealed sealed = new Sealed(sequence, batch, chain, records.size());
    journal.sealed(sealed);
    return sealed;
  }

  private static Map<FileKey, FileVersion> files(Journal journal) {
    Map<FileKey, FileVersion> files = new HashMap<>();
    journal.forEachFile(files::put);
    return files;
  }

  @Test
  void whatWasCommitted_isThereAfterReopening() throws IOException {
    FileVersion version = Versions.random(random);
    try (Journal journal = Journal.open(directory)) {
      assertThat(journal.isEmpty()).isTrue();
      journal.append(new FolderAdded(folder, "/p", false), new FileStored(key("a"), version));
      journal.commit();
    }
    try (Journal journal = Journal.open(directory)) {
      assertThat(journal.find(key("a"))).isEqualTo(version);
      assertThat(journal.folder(folder)).isNotNull();
      assertThat(journal.unsealed(1 << 20)).hasSize(2);
    }
  }

  @Test
  void sealing_takesTheOldestRecords_alsoAcrossRestarts() throws IOException {
    try (Journal journal = Journal.open(directory)) {
      journal.append(new FolderAdded(folder, "/p", false));
      for (int i = 0; i < 100; i++) {
        journal.append(new FileStored(key("f" + i), Versions.random(random)));
      }
      assertThat(seal(journal, 1, batch, 4000).records()).isBetween(10, 90);
    }
    try (Journal journal = Journal.open(directory)) {
      seal(journal, 2, batch, 1 << 20);
      assertThat(journal.unsealed(1 << 20)).isEmpty();
      assertThat(journal.unsealedBytes()).isZero();
    }
  }

  @Test
  void aBatchThatDoesNotContinueTheChain_isRefused() throws IOException {
    try (Journal journal = Journal.open(directory)) {
      journal.append(new FolderAdded(folder, "/p", false));
      assertThatThrownBy(() -> journal.sealed(new Sealed(1, batch, Chain.START, 1)))
          .hasMessageContaining("chain");
    }
  }

  @Test
  void compaction_keepsTheState_andWhatCameAfterTheSnapshot() throws IOException {
    Map<FileKey, FileVersion> expected;
    Sealed later;
    try (Journal journal = Journal.open(directory)) {
      journal.append(new FolderAdded(folder, "/p", false));
      for (int i = 0; i < 3000; i++) {
        journal.append(new FileStored(key("f" + random.nextInt(1500)), Versions.random(random)));
      }
      try (JournalSnapshot snapshot = journal.snapshot()) {
        // Not idempotent on purpose: applying these twice would lose the second "f0".
        journal.append(new FileStored(key("f0"), Versions.random(random)));
        journal.append(new FileRenamed(key("f0"), key("moved")));
        journal.append(new FileStored(key("f0"), Versions.random(random)));
        journal.compact(snapshot, 5, batch);
      }
      assertThat(journal.unsealed(1 << 20)).hasSize(3);
      expected = files(journal);
    }
    try (Journal journal = Journal.open(directory)) {
      assertThat(files(journal)).isEqualTo(expected);
      assertThat(journal.unsealed(1 << 20)).hasSize(3);
      assertThat(journal.lastSealed()).isNotNull().extracting(Sealed::sequence).isEqualTo(5L);
      later = seal(journal, 6, batch, 1 << 20);
    }
    try (Journal journal = Journal.open(directory)) {
      assertThat(journal.lastSealed()).isEqualTo(later);
      assertThat(files(journal)).isEqualTo(expected);
    }
  }
}
