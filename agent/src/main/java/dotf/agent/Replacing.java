package dotf.agent;

import dotf.agent.catalog.FileState;
import dotf.agent.catalog.Reason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * May a stored file be replaced by its stub now? Pure; the order of the questions is the order in
 * which a user wants to hear the answers.
 */
final class Replacing {
  private static final int ANY_EXECUTE = 0111;

  private Replacing() {}

  /**
   * The facts that decide.
   *
   * @param links hard links
   * @param obstacle what storing found to forbid replacing, or null
   * @param lingersUntil when {@code linger} ends, or null
   * @param named the user asked for this very file
   * @param storeSound the store's disk has kept its word
   * @param enoughCopies as many receipts as the rule wants, for all of its blocks
   */
  record Facts(
      String path,
      long size,
      int mode,
      int links,
      boolean keepFolder,
      boolean keepRule,
      boolean nameTaken,
      @Nullable Reason obstacle,
      @Nullable Instant lingersUntil,
      boolean named,
      boolean storeSound,
      boolean enoughCopies) {}

  /** The state the file is in, and why; {@link Reason#REPLACING} when it may go. */
  record Answer(FileState state, Reason reason) {
    boolean replace() {
      return reason == Reason.REPLACING;
    }
  }

  static Answer answer(Facts facts, long stubMin, Instant now) {
    if (facts.keepFolder()) {
      return new Answer(FileState.SKIPPED, Reason.KEEP_FOLDER);
    }
    if (facts.nameTaken()) {
      return new Answer(FileState.CONFLICT, Reason.NAME_TAKEN);
    }
    Reason never = never(facts, stubMin);
    if (never != null) {
      return new Answer(FileState.SKIPPED, never);
    }
    if (!facts.named() && facts.lingersUntil() != null && now.isBefore(facts.lingersUntil())) {
      return new Answer(FileState.LINGERING, Reason.LINGER);
    }
    if (!facts.storeSound()) {
      return new Answer(FileState.WAITING, Reason.STORE);
    }
    if (!facts.enoughCopies()) {
      return new Answer(FileState.WAITING, Reason.COPIES);
    }
    return new Answer(FileState.BUSY, Reason.REPLACING);
  }

  private static @Nullable Reason never(Facts facts, long stubMin) {
    if (facts.obstacle() != null) {
      return facts.obstacle();
    }
    if (facts.links() > 1) {
      return Reason.HARD_LINKS;
    }
    if (Names.of(facts.path()).isTooLongForStub()) {
      return Reason.NAME_LONG;
    }
    if (facts.keepRule()) {
      return Reason.KEEP_RULE;
    }
    if ((facts.mode() & ANY_EXECUTE) != 0) {
      return Reason.EXECUTABLE;
    }
    return facts.size() < stubMin && !facts.named() ? Reason.SMALL : null;
  }
}
