package dotf.agent.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.agent.journal.FolderId;
import dotf.agent.journal.Journal;
import dotf.agent.journal.JournalRecord.FileStored;
import dotf.agent.journal.JournalRecord.FolderAdded;
import dotf.agent.journal.Versions;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.LinuxDisk;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CatalogTest {
  private final Random random = Seed.random("catalog");
  private final FolderId folder = FolderId.random(random);

  @TempDir Path temporary;
  private Directory directory;
  private Journal journal;

  @BeforeEach
  void openJournal() throws IOException {
    directory = new LinuxDisk().open(temporary);
    journal = Journal.open(directory);
    journal.append(new FolderAdded(folder, "/p", false));
  }

  @AfterEach
  void closeJournal() throws IOException {
    journal.close();
    directory.close();
  }

  private Catalog open() throws IOException {
    return Catalog.open(temporary.resolve("catalog"), journal);
  }

  private FileKey key(String path) {
    return new FileKey(folder, path);
  }

  private Row anyRow() {
    Seen seen = new Seen(1, random.nextLong(), 5, Instant.EPOCH, Instant.ofEpochSecond(9, 9));
    BlockAddress hash = Versions.random(random).manifest();
    Row row = Row.unknown(random.nextInt(10_000));
    row = random.nextBoolean() ? row.withFile(seen, random.nextBoolean()) : row;
    row = random.nextBoolean() ? row.withStub(seen, random.nextBoolean()) : row;
    row = random.nextBoolean() ? row.withVersion(hash, random.nextInt(9999), 3) : row;
    row = row.withCopies(3, random.nextInt(12), random.nextBoolean() ? Instant.EPOCH : null);
    FileState[] states = FileState.values();
    Reason[] reasons = Reason.values();
    return row.in(
        states[random.nextInt(states.length)], reasons[random.nextInt(reasons.length)], "détail");
  }

  @Test
  void rowsAndFigures_followAPlainModel_alsoAfterACleanStop() throws IOException {
    Map<FileKey, Row> model = new TreeMap<>();
    try (Catalog catalog = open()) {
      for (int i = 0; i < 2000; i++) {
        FileKey key = key("d" + random.nextInt(3) + "/f" + random.nextInt(100));
        if (random.nextInt(4) == 0) {
          catalog.remove(key);
          model.remove(key);
        } else {
          Row row = anyRow();
          catalog.put(key, row);
          model.put(key, row);
        }
      }
      check(catalog, model);
    }
    try (Catalog catalog = open()) {
      assertThat(catalog.rebuilt()).isFalse();
      check(catalog, model);
    }
  }

  private void check(Catalog catalog, Map<FileKey, Row> model) {
    assertThat(catalog.page(folder, "", "", 10_000)).containsExactlyElementsOf(model.entrySet());
    Counters expected = new Counters();
    model.values().forEach(row -> expected.count(row, 1));
    assertThat(catalog.tally(folder)).isEqualTo(expected.tally());
    model.forEach(
        (key, row) -> {
          if (row.hash() != null) {
            assertThat(catalog.filesOf(row.hash(), 10)).containsExactly(key);
          }
        });
  }

  @Test
  void afterAnUncleanStop_itIsFilledFromTheJournal() throws IOException {
    FileVersion version = Versions.random(random);
    for (String path : List.of("b", "a", "\uFFFF", "\uD83D\uDE00")) {
      journal.append(new FileStored(key(path), version));
    }
    Catalog killed = open();
    killed.put(key("only in the cache"), anyRow());
    Path copy = Files.createDirectory(temporary.resolve("after the kill"));
    killed.close();
    Files.copy(temporary.resolve("catalog/catalog.db"), copy.resolve("catalog.db"));

    try (Catalog catalog = Catalog.open(copy, journal)) {
      assertThat(catalog.rebuilt()).isTrue();
      assertThat(catalog.page(folder, "", "", 10))
          .extracting(entry -> entry.getKey().path())
          .containsExactly("a", "b", "\uFFFF", "\uD83D\uDE00");
      assertThat(catalog.filesOf(version.manifest(), 10)).hasSize(4);
      assertThat(catalog.tally(folder).files()).isEqualTo(4);
    }
  }

  @Test
  void pages_obeyPrefixPositionAndLimit() throws IOException {
    try (Catalog catalog = open()) {
      for (String path : List.of("a", "a/1", "a/2", "a/3", "a0", "b")) {
        catalog.put(key(path), anyRow());
      }
      assertThat(catalog.page(folder, "a/", "", 2))
          .extracting(entry -> entry.getKey().path())
          .containsExactly("a/1", "a/2");
      assertThat(catalog.page(folder, "a/", "a/2", 2))
          .extracting(entry -> entry.getKey().path())
          .containsExactly("a/3");
      assertThat(catalog.page(new FolderId(1, 2), "", "", 2)).isEmpty();
    }
  }
}
