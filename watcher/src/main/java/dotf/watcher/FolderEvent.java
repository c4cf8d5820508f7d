package dotf.watcher;

/**
 * Something happened in a watched folder. Paths are relative to the folder, {@code /}-separated and
 * valid UTF-8; "" is the folder itself. Every event is a hint: what holds at a path now, only a
 * look at it tells.
 */
public sealed interface FolderEvent {
  /**
   * An entry appeared, was written, renamed to this path, or its attributes changed. Of a directory
   * that appears, everything below is reported as well.
   */
  record Changed(String path, boolean directory) implements FolderEvent {}

  /** Somebody opened what is at {@code path}, no directory, for reading or writing. */
  record Opened(String path) implements FolderEvent {}

  /** What was at {@code path}, with everything below, is not there any more. */
  record Removed(String path) implements FolderEvent {}

  /** Events were lost: look at everything in {@code directory} and below. */
  record Rescan(String directory) implements FolderEvent {}

  /**
   * The name of an entry is not UTF-8, so that no path leads there; neither it nor anything below
   * is watched. Reported once per entry, as long as there are not thousands.
   *
   * @param shown the path, with bytes that are not ASCII as {@code \xNN}: only for showing
   */
  record Unreadable(String shown) implements FolderEvent {}

  /** The folder was deleted, moved, or unmounted: nothing more will come. No deletion follows. */
  record RootGone() implements FolderEvent {}
}
