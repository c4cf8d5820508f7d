package dotf.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.journal.JournalRecord.FileDeleted;
import dotf.agent.journal.JournalRecord.FileRecalled;
import dotf.agent.journal.JournalRecord.FileRenamed;
import dotf.agent.journal.JournalRecord.FileReplaced;
import dotf.agent.journal.JournalRecord.FileStored;
import dotf.agent.journal.JournalRecord.FileTrashed;
import dotf.agent.journal.JournalRecord.FolderAdded;
import dotf.agent.journal.JournalRecord.FolderMaterialised;
import dotf.agent.journal.JournalRecord.FolderRemoved;
import dotf.fixtures.Seed;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JournalStateTest {
  private final Random random = Seed.random("journal state");
  private final FolderId one = FolderId.random(random);
  private final FolderId two = FolderId.random(random);

  private FileKey anyKey() {
    return new FileKey(random.nextInt(4) == 0 ? two : one, "f" + random.nextInt(8));
  }

  /** Few enough that some are met again. */
  private Instant anyTime() {
    return Instant.ofEpochSecond(random.nextInt(20));
  }

  private JournalRecord anyRecord() {
    return switch (random.nextInt(14)) {
      case 0 -> new FolderAdded(random.nextBoolean() ? one : two, "/p", random.nextBoolean());
      case 1 -> new FolderMaterialised(one);
      case 2 -> random.nextInt(8) == 0 ? new FolderRemoved(two) : new FolderMaterialised(two);
      case 3, 4 -> new FileRenamed(anyKey(), anyKey());
      case 5, 6 -> new FileDeleted(anyKey(), anyTime());
      case 7 -> new FileReplaced(anyKey(), Versions.random(random), anyTime());
      case 8 -> new FileRecalled(anyKey(), anyTime());
      default -> new FileStored(anyKey(), Versions.random(random));
    };
  }

  private static List<JournalRecord> records(JournalState state) {
    List<JournalRecord> records = new ArrayList<>();
    state.records().forEach(records::add);
    return records;
  }

  @Test
  void foldOfAStatesRecords_isThatState() {
    for (int round = 0; round < 200; round++) {
      JournalState state = new JournalState();
      for (int i = random.nextInt(60); i > 0; i--) {
        state.apply(anyRecord());
      }
      JournalState again = new JournalState();
      records(state).forEach(again::apply);
      assertThat(records(again)).isEqualTo(records(state));
    }
  }

  @Test
  void filesAndTheirNames_followAPlainModel() {
    JournalState state = new JournalState();
    Map<FileKey, FileVersion> model = new HashMap<>();
    for (int i = 0; i < 5000; i++) {
      JournalRecord record = anyRecord();
      state.apply(record);
      switch (record) {
        case FileStored(FileKey key, FileVersion version) -> model.put(key, version);
        case FileDeleted(FileKey key, Instant at) -> model.remove(key);
        case FolderRemoved(FolderId id) -> model.keySet().removeIf(k -> k.folder().equals(id));
        case FileRenamed(FileKey from, FileKey to) -> {
          FileVersion version = model.remove(from);
          if (version != null) {
            model.put(to, version);
          }
        }
        default -> {}
      }
      assertThat(state.size()).isEqualTo(model.size());
    }
    model.forEach(
        (key, version) -> {
          assertThat(state.find(key)).isEqualTo(version);
          assertThat(state.namesOf(version.fileId())).containsExactly(key);
        });
  }

  @Test
  void aCopiedStub_givesAFileTwoNames_untilOneGoes() {
    JournalState state = new JournalState();
    FileVersion version = Versions.random(random);
    FileKey first = new FileKey(one, "a");
    FileKey second = new FileKey(one, "b");
    state.apply(new FileStored(first, version));
    state.apply(new FileStored(second, version));
    assertThat(state.namesOf(version.fileId())).containsExactly(first, second);
    state.apply(new FileDeleted(first, Instant.EPOCH));
    assertThat(state.namesOf(version.fileId())).containsExactly(second);
    assertThat(state.trash()).containsExactly(new FileTrashed(first, version, Instant.EPOCH));
    state.emptyTrash(Instant.EPOCH.plusSeconds(1));
    assertThat(state.trash()).isEmpty();
  }

  @Test
  void whatWasTakenBack_isNeitherInTheTrash_norAmongTheReplaced() {
    JournalState state = new JournalState();
    FileKey key = new FileKey(one, "a");
    FileVersion first = Versions.random(random);
    FileVersion second = Versions.random(random);
    Instant later = Instant.EPOCH.plusSeconds(60);
    state.apply(new FileStored(key, first));
    state.apply(new FileReplaced(key, first, Instant.EPOCH));
    state.apply(new FileStored(key, second));
    state.apply(new FileDeleted(key, later));
    assertThat(state.replaced()).containsExactly(new FileReplaced(key, first, Instant.EPOCH));
    state.apply(new FileRecalled(key, later));
    assertThat(state.trash()).isEmpty();
    assertThat(state.replaced()).hasSize(1);
    state.apply(new FileRecalled(key, Instant.EPOCH));
    assertThat(state.replaced()).isEmpty();
  }

  @Test
  void ofTooManyReplacedVersions_theOldestAreForgotten() {
    JournalState state = new JournalState();
    FileVersion version = Versions.random(random);
    FileKey key = new FileKey(one, "a");
    for (int i = 0; i <= JournalState.REPLACED_MAX; i++) {
      state.apply(new FileReplaced(key, version, Instant.ofEpochSecond(i)));
    }
    assertThat(state.replaced()).hasSize(JournalState.REPLACED_MAX);
    assertThat(state.replaced().iterator().next().at()).isEqualTo(Instant.ofEpochSecond(1));
    state.emptyTrash(Instant.ofEpochSecond(JournalState.REPLACED_MAX));
    assertThat(state.replaced()).hasSize(1);
  }

  @Test
  void filesOfAFolder_includeEveryPath_andNoOtherFolders() {
    JournalState state = new JournalState();
    FileVersion version = Versions.random(random);
    List<FileKey> keys =
        List.of(
            new FileKey(one, "\u0001"),
            new FileKey(one, "z"),
            new FileKey(one, "\uFFFF\uFFFF"),
            new FileKey(one, "\uDBFF\uDFFF"));
    keys.forEach(key -> state.apply(new FileStored(key, version)));
    state.apply(new FileStored(new FileKey(one.next(), ""), version));
    assertThat(state.filesOf(one).keySet()).containsExactlyElementsOf(keys);
  }

  @Test
  void aLostDevicesFolders_waitForAPlace() {
    JournalState lost = new JournalState();
    lost.apply(new FolderAdded(one, "/p", true));
    lost.apply(new FolderMaterialised(one));
    lost.apply(new FileStored(new FileKey(one, "a"), Versions.random(random)));
    JournalState here = new JournalState();
    here.merge(lost);
    assertThat(here.folders().values())
        .containsExactly(new JournalFolder(one, "/p", true, false, false));
    assertThat(here.size()).isEqualTo(1);
  }
}
