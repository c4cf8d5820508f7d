package dotf.service.text;

/** How a command ends: the contract with scripts. */
public enum ExitCode {
  /** Done. */
  DONE(0),
  /** Failed. */
  FAILED(1),
  /** Wrong usage. */
  USAGE(2),
  /** No such file, hash or stub. */
  ABSENT(66),
  /** No agent is running. */
  NO_AGENT(69),
  /** Not now, try later: holders offline, time-out. */
  LATER(75),
  /** Refused by a safety rule. */
  REFUSED(77);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** What the process returns. */
  public int number() {
    return number;
  }
}
