package dotf.agent;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One screen of figures, taken from running counters. Sizes are bytes.
 *
 * @param settled nothing can be done now: every file is stored, freed or lingering
 * @param paused whether the user paused storing, sending and replacing
 * @param pausedUntil when that ends by itself; null when it does not
 * @param held why the storm breaker holds back restoring on access, and what to do; or null
 * @param waiting what pending files wait for, in words, or null when none is pending
 */
public record AgentStatus(
    boolean settled,
    boolean paused,
    @Nullable Instant pausedUntil,
    @Nullable String held,
    @Nullable String waiting,
    List<FolderStatus> folders,
    Safety safety,
    Space space) {

  public AgentStatus {
    folders = List.copyOf(folders);
  }

  /**
   * Files by how safe they are.
   *
   * @param safe as many holders as {@code copies} asks
   * @param onlyHere this machine alone, by choice: nobody else is a holder, or none is asked for
   * @param underway fewer holders than asked, for less than an hour
   * @param atRisk fewer holders than asked, for over an hour
   * @param lost no source known for a block
   */
  public record Safety(long safe, long onlyHere, long underway, long atRisk, long lost) {}

  /**
   * Where the bytes are.
   *
   * @param originals true size of all files, stubs counted by what they stand for
   * @param store own sealed blocks on this machine
   * @param hosted blocks kept here for others
   * @param trash true size of files deleted and not yet forgotten
   * @param givenBack what replacing freed, beyond what the store took
   */
  public record Space(long originals, long store, long hosted, long trash, long givenBack) {}
}
