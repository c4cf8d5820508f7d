package dotf.agent;

import java.time.Duration;

/**
 * The settings that the agent obeys; all can change while it runs.
 *
 * @param settle quiet time before a file is stored
 * @param linger how long a restored or edited file stays before it is replaced again
 * @param copies holders other than this machine
 * @param stubMin files smaller than this many bytes are not replaced unless named
 * @param storeLimit most bytes of own blocks
 * @param reserve free bytes that are never used, or {@link #RESERVE_DEFAULT}
 * @param quarantine how long a replaced original waits before it is purged
 * @param trash how long a deleted file can be brought back
 * @param scan time between two full scans
 */
public record AgentSettings(
    Duration settle,
    Duration linger,
    int copies,
    long stubMin,
    long storeLimit,
    long reserve,
    Duration quarantine,
    Duration trash,
    Duration scan) {

  /** Keep the larger of 5 % of the filesystem and 1 GiB free. */
  public static final long RESERVE_DEFAULT = -1;

  /** What {@code dotf.toml} says when it says nothing. */
  public static AgentSettings defaults() {
    return new AgentSettings(
        Duration.ofSeconds(10),
        Duration.ofHours(24),
        2,
        4096,
        Long.MAX_VALUE,
        RESERVE_DEFAULT,
        Duration.ofSeconds(60),
        Duration.ofDays(30),
        Duration.ofHours(1));
  }
}
