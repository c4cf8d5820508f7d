package dotf.chunker.stub;

import dotf.chunker.key.VaultId;

/** What came of reading a file that might be a stub. */
public sealed interface StubReading {
  /** A stub of this vault, every byte of it as it was written. */
  record Authentic(Stub stub) implements StubReading {}

  /**
   * It begins as a stub, and is none that can be believed: it is kept, and never replaced.
   *
   * @param reason a clause for people: what is wrong, and what to do
   */
  record Damaged(String reason) implements StubReading {}

  /** A stub of another vault: ordinary content here, stored and never replaced. */
  record Foreign(VaultId vault) implements StubReading {}

  /** Ordinary content. */
  record NotAStub() implements StubReading {}
}
