package dotf.agent.journal;

/**
 * A file's place: a folder and the path inside it, {@code /}-separated, of the file itself and
 * never of its stub. Ordered by folder, then by the path's UTF-8 bytes.
 */
public record FileKey(FolderId folder, String path) implements Comparable<FileKey> {
  @Override
  public int compareTo(FileKey other) {
    int order = folder.compareTo(other.folder);
    return order != 0 ? order : compareUtf8(path, other.path);
  }

  @Override
  public String toString() {
    return path;
  }

  /** UTF-16 orders surrogates before U+E000 and above, UTF-8 behind; all else is the same. */
  private static int compareUtf8(String one, String two) {
    int common = Math.min(one.length(), two.length());
    for (int i = 0; i < common; i++) {
      char a = one.charAt(i);
      char b = two.charAt(i);
      if (a != b) {
        boolean mixed = Character.isSurrogate(a) != Character.isSurrogate(b);
        return mixed && a >= Character.MIN_SURROGATE && b >= Character.MIN_SURROGATE
            ? Character.compare(b, a)
            : Character.compare(a, b);
      }
    }
    return one.length() - two.length();
  }
}
