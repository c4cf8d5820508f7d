package dotf.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.agent.journal.JournalRecord.Absorbed;
import dotf.agent.journal.JournalRecord.FileDeleted;
import dotf.agent.journal.JournalRecord.FileRecalled;
import dotf.agent.journal.JournalRecord.FileRenamed;
import dotf.agent.journal.JournalRecord.FileReplaced;
import dotf.agent.journal.JournalRecord.FileStored;
import dotf.agent.journal.JournalRecord.FileTrashed;
import dotf.agent.journal.JournalRecord.FolderAdded;
import dotf.agent.journal.JournalRecord.FolderFound;
import dotf.agent.journal.JournalRecord.FolderLeft;
import dotf.agent.journal.JournalRecord.FolderMaterialised;
import dotf.agent.journal.JournalRecord.FolderRemoved;
import dotf.agent.journal.JournalRecord.Sealed;
import dotf.chunker.block.BlockAddress;
import dotf.dht.identity.NodeId;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JournalRecordCodecTest {
  private final Random random = Seed.random("journal records");
  private final FolderId folder = FolderId.random(random);
  private final FileKey key = new FileKey(folder, "a dir/näme\n\uD83D\uDE00");

  private List<JournalRecord> oneOfEach() {
    Instant now = Instant.ofEpochSecond(1_790_000_000L, 7);
    byte[] node = new byte[NodeId.BYTES];
    random.nextBytes(node);
    FileVersion version = Versions.random(random);
    return List.of(
        new FolderAdded(folder, "/home/u/Sync", true),
        new FolderFound(folder, "/home/u/Sync", false),
        new FolderRemoved(folder),
        new FolderLeft(folder),
        new FolderMaterialised(folder),
        new FileStored(key, version),
        new FileRenamed(key, new FileKey(folder, "b")),
        new FileDeleted(key, now),
        new FileTrashed(key, version, now),
        new FileReplaced(key, version, now),
        new FileRecalled(key, now),
        new Absorbed(NodeId.of(node), 42),
        new Sealed(7, BlockAddress.of(node), Chain.START.then(node), 3));
  }

  @Test
  void everyRecord_comesBackAsItWas() throws IOException {
    for (JournalRecord record : oneOfEach()) {
      byte[] bytes = JournalRecordCodec.encode(record);
      assertThat(JournalRecordCodec.decode(ByteBuffer.wrap(bytes))).isEqualTo(record);
    }
  }

  @Test
  void aRecordCutShortOrTooLong_isRefusedInWords() {
    for (JournalRecord record : oneOfEach()) {
      byte[] bytes = JournalRecordCodec.encode(record);
      for (int length = 0; length < bytes.length; length++) {
        ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length).slice();
        assertThatThrownBy(() -> JournalRecordCodec.decode(cut)).isInstanceOf(IOException.class);
      }
      ByteBuffer longer = ByteBuffer.allocate(bytes.length + 1).put(bytes).rewind();
      assertThatThrownBy(() -> JournalRecordCodec.decode(longer)).hasMessageContaining("longer");
    }
  }

  @Test
  void aTypeOfTheFuture_isRefusedAndSaysWhatToDo() {
    assertThatThrownBy(() -> JournalRecordCodec.decode(ByteBuffer.wrap(new byte[] {99})))
        .hasMessageContaining("newer version");
  }
}
