package dotf.agent.catalog;

/** Why a file is not a stub, or not yet; {@link #words} is what {@code ls} shows. */
public enum Reason {
  NONE(0, ""),
  /** It changed less than {@code settle} ago. */
  QUIET(1, "still changing"),
  /** It is in the queue for storing. */
  QUEUED(2, "waits to be stored"),
  /** Stored; it is in the queue for replacing. */
  REPLACING(3, "stored, about to be replaced"),
  IN_USE(4, "open in a program"),
  COPIES(5, "waits for copies elsewhere"),
  SPACE(6, "does not fit above the reserve"),
  LINGER(7, "restored or edited lately"),
  KEEP_FOLDER(8, "its folder is kept on this disk"),
  KEEP_RULE(9, "kept by a rule"),
  IGNORED(10, "ignored by a rule, not stored"),
  SMALL(11, "smaller than stub.min"),
  HARD_LINKS(12, "has several hard links"),
  NAME_LONG(13, "name too long for a stub"),
  NAME_TAKEN(14, "its stub's name is taken"),
  NAME_BYTES(15, "name is not UTF-8, not stored"),
  NO_LEASE(16, "this filesystem has no leases"),
  NOT_OURS(17, "belongs to another user"),
  STUB_DAMAGED(18, "damaged stub"),
  STUB_FOREIGN(19, "another vault's stub"),
  SPECIAL(20, "not a regular file, not stored"),
  FAILED(21, "failed, will be tried again"),
  /** It has to be written to disk again after a recovery. */
  UNWRITTEN(22, "its stub is still to be written"),
  EXECUTABLE(23, "executable, kept by a rule"),
  IMMUTABLE(24, "immutable or append-only"),
  OTHER_FILESYSTEM(25, "on another filesystem than its folder"),
  /** It could not be brought back when somebody asked. */
  RESTORE_FAILED(26, "could not be restored"),
  /** The disk under the store failed, and nobody has looked since. */
  STORE(27, "the store's disk failed, nothing is freed until dotf verify --deep finds it sound"),
  /** Many files were deleted or rewritten at once, and the user has not said what to do. */
  HELD(28, "held, since many files changed at once: dotf undo, or dotf allow"),
  /** Neither the store nor anybody who signed has one of its blocks. */
  LOST(29, "no source is known for a block of it"),
  DATABASE(30, "database, kept by a rule");

  private final int code;
  private final String words;

  Reason(int code, String words) {
    this.code = code;
    this.words = words;
  }

  /** In words, without a full stop; empty for none. */
  public String words() {
    return words;
  }

  /** Whether storing found it, and it holds until the file changes. */
  public boolean isObstacle() {
    return switch (this) {
      case HARD_LINKS, NO_LEASE, NOT_OURS, IMMUTABLE, OTHER_FILESYSTEM, STUB_FOREIGN, DATABASE ->
          true;
      default -> false;
    };
  }

  int code() {
    return code;
  }

  static Reason of(int code) {
    return values()[code];
  }
}
