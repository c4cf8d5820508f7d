package dotf.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code why}, for every state that a file can be in. */
class ExplainingTest {
  private static final AgentSettings SETTINGS = AgentSettings.defaults();

  private static Row row(FileState state, Reason reason) {
    return Row.unknown(5000).in(state, reason, reason == Reason.NONE ? "" : "the detail");
  }

  private static FileRow shown(Row row) {
    return new FileRow(
        Path.of("/Sync/a"), row.state(), row.size(), 0, null, 0, Explaining.brief(row));
  }

  private static Explanation why(FileState state, Reason reason, @Nullable Instant lingersSince) {
    Row row = row(state, reason);
    return Explaining.of(shown(row), row, lingersSince, SETTINGS, 2, null);
  }

  /** Every state and the reasons that it has; part of the rule that each of them says. */
  @ParameterizedTest
  @CsvSource({
    "LOCAL, NONE, will be looked at",
    "STUB, NONE, open the stub",
    "STUB, RESTORE_FAILED, could not be brought back",
    "STUB, LOST, neither here nor with anybody",
    "BUSY, QUIET, nothing has changed it for 10 s",
    "BUSY, QUEUED, about to be stored",
    "BUSY, REPLACING, about to be replaced",
    "BUSY, UNWRITTEN, being brought back",
    "BUSY, STUB_DAMAGED, written anew",
    "WAITING, IN_USE, open for writing",
    "WAITING, COPIES, 2 other holders have signed",
    "WAITING, SPACE, reserve of free space (the detail)",
    "WAITING, STORE, may have lost something (the detail)",
    "WAITING, FAILED, tried again",
    "WAITING, UNWRITTEN, (the detail)",
    "WAITING, HELD, many files were deleted or rewritten",
    "LINGERING, LINGER, stays for 24 h",
    "SKIPPED, KEEP_FOLDER, --keep",
    "SKIPPED, KEEP_RULE, a rule keeps it",
    "SKIPPED, EXECUTABLE, executables",
    "SKIPPED, IGNORED, not to store it (the detail)",
    "SKIPPED, SMALL, below 4.0 KB",
    "SKIPPED, HARD_LINKS, several hard links",
    "SKIPPED, NAME_LONG, no room",
    "SKIPPED, NAME_BYTES, not UTF-8",
    "SKIPPED, NO_LEASE, nobody is writing",
    "SKIPPED, NOT_OURS, another user",
    "SKIPPED, IMMUTABLE, append-only",
    "SKIPPED, OTHER_FILESYSTEM, another filesystem",
    "SKIPPED, STUB_FOREIGN, another vault",
    "SKIPPED, DATABASE, is a database",
    "SKIPPED, SPECIAL, pipes",
    "CONFLICT, NAME_TAKEN, another file (the detail)",
    "CONFLICT, STUB_DAMAGED, seal does not hold"
  })
  void everyState_saysItsRule_whatItWaitsFor_andWhenItChanges(
      FileState state, Reason reason, String rule) {
    Explanation why = why(state, reason, Instant.EPOCH);
    assertThat(why.rule()).contains(rule).doesNotEndWith(".");
    boolean rests = state == FileState.STUB && reason == Reason.NONE;
    if (rests || state == FileState.SKIPPED) {
      assertThat(why.waitsFor()).as("nothing will happen by itself").isNull();
    } else {
      assertThat(why.waitsFor()).isNotBlank();
    }
    if (rests) {
      assertThat(why.when()).isNull();
      assertThat(why.row().reason()).isNull();
    } else {
      assertThat(why.when()).isNotBlank();
    }
    if (reason != Reason.NONE) {
      assertThat(why.row().reason()).startsWith(reason.words()).endsWith("the detail");
    }
  }

  @Test
  void theTableHasEveryReason_andEveryState() throws NoSuchMethodException {
    List<String[]> rows =
        Stream.of(
                ExplainingTest.class
                    .getDeclaredMethod(
                        "everyState_saysItsRule_whatItWaitsFor_andWhenItChanges",
                        FileState.class,
                        Reason.class,
                        String.class)
                    .getAnnotation(CsvSource.class)
                    .value())
            .map(line -> line.split(", ", 3))
            .toList();
    Set<FileState> states = EnumSet.noneOf(FileState.class);
    Set<Reason> reasons = EnumSet.noneOf(Reason.class);
    rows.forEach(
        row -> {
          states.add(FileState.valueOf(row[0]));
          reasons.add(Reason.valueOf(row[1]));
        });
    assertThat(states).containsExactlyInAnyOrder(FileState.values());
    assertThat(reasons).containsExactlyInAnyOrder(Reason.values());
  }

  @Test
  void aLingeringFile_saysWhenItGoes() {
    assertThat(why(FileState.LINGERING, Reason.LINGER, Instant.EPOCH).when())
        .isEqualTo("at 1970-01-02T00:00:00Z");
    assertThat(why(FileState.LINGERING, Reason.LINGER, null).when()).isNotBlank();
  }
}
