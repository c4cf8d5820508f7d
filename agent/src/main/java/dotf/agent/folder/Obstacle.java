package dotf.agent.folder;

/** Why a file is stored and never replaced by a stub. */
public enum Obstacle {
  HARD_LINKS("it has several hard links"),
  NAME_TOO_LONG("its name has no room for \".f\""),
  OTHER_OWNER("it belongs to another user"),
  IMMUTABLE("it is immutable or append-only"),
  NO_LEASES("this filesystem gives no proof that nobody writes to it"),
  OTHER_FILESYSTEM("it is on another filesystem than its folder"),
  FOREIGN_STUB("it is another vault's stub"),
  DATABASE("it is a database");

  private final String words;

  Obstacle(String words) {
    this.words = words;
  }

  /** In words, to follow the file's name. */
  public String words() {
    return words;
  }
}
