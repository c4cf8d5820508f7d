package dotf.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.Sight.Content;
import dotf.agent.Sight.DamagedStub;
import dotf.agent.Sight.ForeignStub;
import dotf.agent.Sight.OwnStub;
import dotf.agent.Sight.Special;
import dotf.agent.Sight.Standing;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import dotf.agent.catalog.Seen;
import dotf.agent.journal.FileKey;
import dotf.agent.journal.FileVersion;
import dotf.agent.journal.FolderId;
import dotf.agent.journal.Versions;
import dotf.chunker.disk.FileStat;
import dotf.fixtures.Seed;
import java.time.Instant;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PlannerTest {
  private final Random random = Seed.random("planner");
  private final FileVersion version = Versions.random(random);
  private final FileKey elsewhere = new FileKey(new FolderId(1, 2), "elsewhere");

  private FileStat stat(FileStat.Type type) {
    Instant time = Instant.ofEpochSecond(1_000 + random.nextInt(100));
    return new FileStat(
        type, 1, random.nextLong(1000), 5000, 0644, 1000, 1, time, time, false, false);
  }

  private FileStat file() {
    return stat(FileStat.Type.FILE);
  }

  private Plan plan(Sight sight, @Nullable Row known, @Nullable FileVersion journalled) {
    return Planner.plan(sight, known, journalled, true, false, file -> null);
  }

  private static Sight own(Standing standing) {
    return new Sight(standing, null, false);
  }

  @Test
  void newContent_isStored_whateverItsNameOrNeighbour() {
    FileStat file = file();
    assertThat(plan(own(new Content(file)), null, null)).isEqualTo(new Plan.Store(file, null));
    assertThat(plan(own(new ForeignStub(file)), null, null)).isEqualTo(new Plan.Store(file, null));
    assertThat(plan(new Sight(new Content(file), null, true), null, null))
        .isEqualTo(new Plan.Store(file, null));
  }

  @Test
  void contentThatIsTheJournalledVersion_stays_onlyWhileEveryFigureMatches() {
    FileStat file = file();
    Row known =
        Row.unknown(5000).withVersion(version.manifest(), 5000, 2).withFile(Seen.of(file), true);
    assertThat(plan(own(new Content(file)), known, version)).isEqualTo(new Plan.Stay(file, null));
    FileStat touched =
        new FileStat(
            FileStat.Type.FILE,
            1,
            file.inode(),
            5000,
            0644,
            1000,
            1,
            file.modified(),
            file.changed().plusNanos(1),
            false,
            false);
    assertThat(plan(own(new Content(touched)), known, version))
        .isEqualTo(new Plan.Store(touched, null));
    assertThat(plan(own(new Content(file)), known, Versions.random(random)))
        .isInstanceOf(Plan.Store.class);
  }

  @Test
  void aStubOfTheJournalledVersion_rests_anyOtherIsAdopted_alsoAfterAMove() {
    FileStat stub = file();
    Sight sight = new Sight(null, new OwnStub(stub, version, false), false);
    assertThat(plan(sight, null, version)).isEqualTo(new Plan.Rest(stub, false));
    assertThat(plan(sight, null, null)).isEqualTo(new Plan.Adopt(stub, false, version, null));
    assertThat(Planner.plan(sight, null, null, true, false, file -> elsewhere))
        .isEqualTo(new Plan.Adopt(stub, false, version, elsewhere));
  }

  @Test
  void aDamagedStub_isWrittenAnewWhenTheJournalKnowsIt_elseLeftAlone() {
    FileStat stub = file();
    Sight sight = new Sight(null, new DamagedStub(stub, null), false);
    assertThat(plan(sight, null, version)).isEqualTo(new Plan.WriteStub(stub));
    assertThat(plan(sight, null, null)).isEqualTo(new Plan.Leave(stub, Reason.STUB_DAMAGED));
  }

  @Test
  void aDamagedStubBesideTheStoredFile_isALeftover() {
    FileStat file = file();
    FileStat stub = file();
    Row known =
        Row.unknown(file.size())
            .withVersion(version.manifest(), 1, 1)
            .withFile(Seen.of(file), true);
    Sight sight = new Sight(new Content(file), new DamagedStub(stub, version.manifest()), false);
    assertThat(plan(sight, known, version)).isEqualTo(new Plan.Stay(file, stub));
  }

  @Test
  void absence_isDeletionOnlyInAFolderThatWasWhole() {
    Sight nothing = new Sight(null, null, false);
    assertThat(plan(nothing, null, version)).isEqualTo(new Plan.Delete());
    assertThat(Planner.plan(nothing, null, version, false, false, file -> null))
        .isEqualTo(new Plan.WriteStub(null));
    assertThat(plan(nothing, null, null)).isEqualTo(new Plan.Forget());
  }

  @Test
  void ignoredAndSpecialThings_areLeftAlone() {
    FileStat file = file();
    assertThat(Planner.plan(own(new Content(file)), null, null, true, true, f -> null))
        .isEqualTo(new Plan.Leave(file, Reason.IGNORED));
    FileStat pipe = stat(FileStat.Type.OTHER);
    assertThat(plan(own(new Special(pipe)), null, null))
        .isEqualTo(new Plan.Leave(pipe, Reason.SPECIAL));
  }

  @Test
  void whateverIsSeen_nothingIsDeletedWhileSomethingStandsForIt() {
    for (int i = 0; i < 2000; i++) {
      Sight sight = new Sight(anyOwn(), anyStub(), random.nextBoolean());
      FileVersion journalled = random.nextBoolean() ? version : null;
      boolean materialised = random.nextBoolean();
      boolean ignored = random.nextBoolean();
      Plan plan = Planner.plan(sight, null, journalled, materialised, ignored, f -> null);
      if (plan instanceof Plan.Delete) {
        assertThat(materialised).isTrue();
        assertThat(sight.stub()).isNull();
        assertThat(sight.own() instanceof Content).isFalse();
      }
    }
  }

  private @Nullable Standing anyOwn() {
    return switch (random.nextInt(4)) {
      case 0 -> new Content(file());
      case 1 -> new ForeignStub(file());
      case 2 -> new Special(stat(FileStat.Type.LINK));
      default -> null;
    };
  }

  private @Nullable Standing anyStub() {
    return switch (random.nextInt(3)) {
      case 0 -> new OwnStub(file(), version, random.nextBoolean());
      case 1 -> new DamagedStub(file(), null);
      default -> null;
    };
  }
}
