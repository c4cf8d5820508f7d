package dotf.agent;

/** What becomes of a folder's stubs when it is no longer watched. */
public enum Removal {
  /** The folder goes on being watched when it has any. */
  ONLY_WITHOUT_STUBS,
  /** All files are brought back first. */
  RESTORE,
  /** They stay, and each can be restored by name as long as this vault exists. */
  LEAVE_STUBS
}
