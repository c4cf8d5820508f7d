package dotf.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.agent.journal.JournalRecord.FileDeleted;
import dotf.agent.journal.JournalRecord.FileStored;
import dotf.agent.journal.JournalRecord.FolderAdded;
import dotf.agent.journal.JournalRecord.FolderMaterialised;
import dotf.chunker.FileAssembler;
import dotf.chunker.FileSplitter;
import dotf.chunker.block.MemoryBlocks;
import dotf.chunker.codec.BlockCodec;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.LinuxDisk;
import dotf.chunker.key.VaultKeys;
import dotf.chunker.key.VaultSecret;
import dotf.chunker.manifest.ManifestReader;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.NodeIdentity;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalRecoveryTest {
  private final Random random = Seed.random("journal recovery");
  private final VaultKeys keys = VaultKeys.derive(VaultSecret.random(random));
  private final BlockCodec codec = new BlockCodec(keys, new SecureRandom());
  private final MemoryBlocks members = new MemoryBlocks();
  private final FolderId folder = FolderId.random(random);

  @TempDir Path temporary;

  /** One device with a journal that it publishes. */
  private final class Device implements AutoCloseable {
    final NodeIdentity identity = NodeIdentity.generate(new SecureRandom());
    final Directory directory;
    final Journal journal;
    final JournalPublisher publisher;

    Device(String name) throws IOException {
      directory = new LinuxDisk().open(Files.createDirectory(temporary.resolve(name)));
      journal = Journal.open(directory);
      publisher =
          new JournalPublisher(
              journal,
              identity.signer(),
              codec,
              new FileSplitter(keys, codec, Runnable::run),
              members,
              InstantSource.fixed(Instant.EPOCH),
              random);
    }

    JournalHead publish() throws IOException {
      return Objects.requireNonNull(publisher.publish());
    }

    int recover(JournalHead... heads) throws IOException {
      var recovery =
          new JournalRecovery(
              codec,
              new ManifestReader(keys, codec),
              new FileAssembler(keys, codec, Runnable::run),
              members,
              directory);
      return recovery.recover(List.of(heads), journal);
    }

    Map<FileKey, FileVersion> files() {
      Map<FileKey, FileVersion> files = new HashMap<>();
      journal.forEachFile(files::put);
      return files;
    }

    @Override
    public void close() throws IOException {
      journal.close();
      directory.close();
    }
  }

  private FileKey key(int i) {
    return new FileKey(folder, "dir/file " + i);
  }

  private void work(Device device, int rounds) throws IOException {
    device.journal.append(new FolderAdded(folder, "/home/u/Sync", false));
    device.journal.append(new FolderMaterialised(folder));
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < 5; i++) {
        device.journal.append(
            new FileStored(key(random.nextInt(60)), Versions.random(random)),
            new FileDeleted(key(random.nextInt(200)), Instant.EPOCH));
      }
      device.journal.commit();
      device.publish();
    }
  }

  @Test
  void fromTheHeadAlone_theWholeStateComesBack_acrossSnapshots() throws IOException {
    try (Device lost = new Device("lost");
        Device found = new Device("found")) {
      work(lost, 2 * JournalPublisher.BATCHES_PER_SNAPSHOT + 7);
      JournalHead old = new JournalHead(lost.identity.id(), 1, Versions.random(random).manifest());
      assertThat(found.recover(old, lost.publish())).isEqualTo(lost.files().size());
      assertThat(found.files()).isEqualTo(lost.files());
      assertThat(found.journal.folders())
          .containsExactly(new JournalFolder(folder, "/home/u/Sync", false, false, false));
      assertThat(found.journal.trash()).hasSameSizeAs(lost.journal.trash());
    }
  }

  @Test
  void aSecondRecovery_doesNotBringBackWhatWasDeletedSinceTheFirst() throws IOException {
    try (Device first = new Device("first");
        Device second = new Device("second");
        Device third = new Device("third")) {
      work(first, 3);
      JournalHead firstHead = first.publish();
      second.recover(firstHead);
      FileKey gone = second.files().keySet().iterator().next();
      second.journal.append(new FileDeleted(gone, Instant.EPOCH));
      third.recover(firstHead, second.publish());
      assertThat(third.files()).isEqualTo(second.files()).doesNotContainKey(gone);
    }
  }

  @Test
  void aBatchSignedBySomebodyElse_orMissing_isRefused_andNothingIsTakenOver() throws IOException {
    try (Device lost = new Device("lost");
        Device found = new Device("found")) {
      work(lost, 3);
      JournalHead head = lost.publish();
      NodeId somebody = NodeIdentity.generate(new SecureRandom()).id();
      assertThatThrownBy(
              () -> found.recover(new JournalHead(somebody, head.sequence(), head.address())))
          .hasMessageContaining("not signed");
      assertThatThrownBy(() -> found.recover(new JournalHead(head.device(), 99, head.address())))
          .hasMessageContaining("sequence");
      members.remove(head.address());
      assertThatThrownBy(() -> found.recover(head)).isInstanceOf(IOException.class);
      assertThat(found.journal.isEmpty()).isTrue();
    }
  }
}
