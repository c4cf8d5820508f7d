package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import dotf.agent.catalog.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Says in words why a file is in the state it is in, and what will change that. Pure. */
final class Explaining {
  private static final String SOON = "within seconds, or minutes behind large files";

  private Explaining() {}

  /** What {@code ls} shows beside the state; null for a stub. */
  static @Nullable String brief(Row row) {
    if (row.reason() == Reason.NONE) {
      return null;
    }
    return row.detail().isEmpty()
        ? row.reason().words()
        : row.reason().words() + ": " + row.detail();
  }

  /** The whole answer. */
  static Explanation of(
      FileRow shown,
      Row row,
      @Nullable Instant lingersSince,
      AgentSettings settings,
      int needed,
      @Nullable String copiesWaitFor) {
    return new Explanation(
        shown,
        rule(row, settings, needed),
        waitsFor(row, settings, needed, copiesWaitFor),
        when(row, lingersSince, settings));
  }

  private static String rule(Row row, AgentSettings settings, int needed) {
    String detail = row.detail().isEmpty() ? "" : " (" + row.detail() + ")";
    return switch (row.reason()) {
      case NONE ->
          row.state() == FileState.STUB
              ? "its content is stored and proved, and a stub stands for it; open the stub to have"
                  + " it back"
              : "it was seen and will be looked at";
      case QUIET -> "a file is stored once nothing has changed it for " + text(settings.settle());
      case QUEUED -> "it has come to rest and is about to be stored";
      case REPLACING -> "it is stored and about to be replaced by its stub";
      case IN_USE -> "a program has it open for writing; such a file is never replaced";
      case COPIES ->
          "a file is replaced once "
              + needed
              + (needed == 1 ? " other holder has" : " other holders have")
              + " signed for all of it; "
              + row.copies()
              + " have";
      case SPACE -> "storing it would go below the reserve of free space" + detail;
      case LINGER ->
          "a file that was restored or edited stays for "
              + text(settings.linger())
              + "; dotf free replaces it now";
      case KEEP_FOLDER -> "its folder was added with --keep: stored and sent, never replaced";
      case KEEP_RULE -> "a rule keeps it: stored and sent, never replaced" + detail;
      case EXECUTABLE -> "executables are stored and sent, never replaced";
      case IGNORED -> "a rule says not to store it" + detail;
      case SMALL ->
          "files below "
              + Space.text(settings.stubMin())
              + " are stored, not replaced; dotf free with its name does it";
      case HARD_LINKS ->
          "it has several hard links: stored, never replaced, since the others would stay behind";
      case NAME_LONG -> "its name has no room for \".f\": stored, never replaced";
      case NAME_TAKEN ->
          "the name its stub would get belongs to another file" + detail + "; rename that one";
      case NAME_BYTES -> "its name is not UTF-8, so it is not stored; rename it";
      case NO_LEASE ->
          "this filesystem cannot prove that nobody is writing to a file: stored, never replaced";
      case NOT_OURS -> "it belongs to another user: stored, never replaced";
      case IMMUTABLE -> "it is immutable or append-only: stored, never replaced";
      case OTHER_FILESYSTEM ->
          "it is on another filesystem than its folder: stored, never replaced";
      case STUB_DAMAGED ->
          row.state() == FileState.BUSY
              ? "its stub is damaged, and is written anew"
              : "a stub of this vault whose seal does not hold; it is kept, and dotf repair"
                  + " rewrites it";
      case DATABASE ->
          "its content is a database, which a program that finds it gone begins anew, empty";
      case STUB_FOREIGN -> "another vault's stub is ordinary content: stored, never replaced";
      case SPECIAL -> "links, pipes, sockets and devices are not stored";
      case FAILED -> "what failed is tried again, later and later" + detail;
      case STORE -> "no file is replaced while the store may have lost something" + detail;
      case UNWRITTEN -> "its stub is being brought back after a recovery" + detail;
      case RESTORE_FAILED -> "it could not be brought back when it was last opened" + detail;
      case LOST ->
          "a block of it is neither here nor with anybody who signed for it; dotf verify names it";
      case HELD ->
          "many files were deleted or rewritten within minutes; until you say so, dotf keeps to"
              + " what was there before"
              + detail;
    };
  }

  /**
   * What is known of a stub that nobody watches.
   *
   * @param folder the folder that it was left in when that was removed; or null
   */
  static Explanation left(FileRow shown, @Nullable String folder) {
    return new Explanation(
        shown,
        folder == null
            ? "it is in no watched folder, so opening it brings nothing back; dotf restore does,"
                + " and dotf cat shows the content"
            : "it was left when its folder "
                + folder
                + " was removed, so opening it brings nothing back; dotf restore does, and dotf cat"
                + " shows the content",
        null,
        folder == null ? null : "after dotf add " + folder + ", which takes its stubs up again");
  }

  private static @Nullable String waitsFor(
      Row row, AgentSettings settings, int needed, @Nullable String copiesWaitFor) {
    return switch (row.reason()) {
      case NONE -> row.state() == FileState.STUB ? null : "its turn";
      case QUIET -> text(settings.settle()) + " without a change";
      case IN_USE -> "the program to close it";
      case COPIES -> copiesWaitFor == null ? needed - row.copies() + " more copies" : copiesWaitFor;
      case SPACE -> "free space, or a smaller reserve (dotf config reserve SIZE)";
      case STORE -> "a clean dotf verify --deep";
      case LINGER -> "time, or dotf free";
      case QUEUED, REPLACING, UNWRITTEN -> "its turn";
      case FAILED -> "the next try";
      case RESTORE_FAILED -> "somebody to open it again";
      case LOST -> "a machine or directory that has it: dotf peers, dotf holder list";
      case HELD -> "dotf undo, which takes it back, or dotf allow, which lets it go on";
      case STUB_DAMAGED -> row.state() == FileState.BUSY ? "its turn" : "dotf repair";
      case NAME_TAKEN -> "the other file to get another name";
      case KEEP_FOLDER,
          KEEP_RULE,
          EXECUTABLE,
          IGNORED,
          SMALL,
          HARD_LINKS,
          NAME_LONG,
          NAME_BYTES,
          NO_LEASE,
          NOT_OURS,
          IMMUTABLE,
          OTHER_FILESYSTEM,
          STUB_FOREIGN,
          DATABASE,
          SPECIAL ->
          null;
    };
  }

  private static @Nullable String when(
      Row row, @Nullable Instant lingersSince, AgentSettings settings) {
    return switch (row.reason()) {
      case NONE -> row.state() == FileState.STUB ? null : SOON;
      case QUEUED, REPLACING, UNWRITTEN -> SOON;
      case LINGER ->
          lingersSince == null
              ? "at the next look at its folder"
              : "at " + lingersSince.plus(settings.linger()).truncatedTo(ChronoUnit.SECONDS);
      case QUIET -> "within about " + text(settings.settle());
      case IN_USE, SPACE, FAILED, STORE -> "tried again within minutes";
      case COPIES -> "seconds after the last of them has signed";
      case LOST -> "within seconds of its return";
      case RESTORE_FAILED -> "at once when it is opened, or with dotf open";
      case HELD -> "at your word; by itself only when the files are as they were";
      case STUB_DAMAGED -> row.state() == FileState.BUSY ? SOON : "with that command";
      case NAME_TAKEN -> "within seconds of that";
      case KEEP_FOLDER -> "after dotf add of its folder without --keep";
      case KEEP_RULE -> "when that rule goes, as with dotf unkeep";
      case EXECUTABLE -> "when it is executable no longer";
      case IGNORED -> "when that rule goes, or it gets a name that the rule does not mean";
      case SMALL -> "when it grows, or stub.min is lowered";
      case HARD_LINKS -> "when it is the only one left";
      case NAME_LONG, NAME_BYTES -> "when it gets another name";
      case NO_LEASE, OTHER_FILESYSTEM -> "not while it is on this filesystem";
      case NOT_OURS -> "when it belongs to the user whom dotf runs as";
      case IMMUTABLE -> "when chattr has taken that from it";
      case STUB_FOREIGN, DATABASE -> "not while it has this content";
      case SPECIAL -> "when a regular file is in its place";
    };
  }

  /** A duration for people: 10 s, 5 min, 24 h, 30 d. */
  static String text(Duration duration) {
    if (duration.compareTo(Duration.ofDays(2)) >= 0) {
      return duration.toDays() + " d";
    }
    if (duration.compareTo(Duration.ofHours(2)) >= 0) {
      return duration.toHours() + " h";
    }
    return duration.compareTo(Duration.ofMinutes(2)) >= 0
        ? duration.toMinutes() + " min"
        : duration.toSeconds() + " s";
  }
}
