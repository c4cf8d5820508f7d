package dotf.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.journal.FolderId;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.LinuxDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HoldsTest {
  private static final FolderId ONE = new FolderId(1, 1);
  private static final FolderId TWO = new FolderId(2, 2);

  @TempDir Path directory;

  @Test
  void aHold_outlivesARestart_untilItEnds() throws IOException {
    try (Directory logs = new LinuxDisk().open(directory)) {
      try (Holds holds = Holds.open(logs)) {
        holds.begin(ONE, Instant.EPOCH);
        holds.begin(TWO, Instant.EPOCH.plusSeconds(1));
        holds.end(ONE);
      }
      for (int restart = 0; restart < 2; restart++) {
        try (Holds holds = Holds.open(logs)) {
          assertThat(holds.since(ONE)).isNull();
          assertThat(holds.since(TWO)).isEqualTo(Instant.EPOCH.plusSeconds(1));
        }
      }
    }
  }
}
