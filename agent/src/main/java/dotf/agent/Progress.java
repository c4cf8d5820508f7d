package dotf.agent;

/** Hears how far a long request has come; called at most a few times a second. */
@FunctionalInterface
public interface Progress {
  /** {@code bytes} are of the files' true size. */
  void at(long filesDone, long files, long bytesDone, long bytes);

  /** Hears nothing. */
  static Progress silent() {
    return (filesDone, files, bytesDone, bytes) -> {};
  }
}
