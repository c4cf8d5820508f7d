package dotf.agent;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The names that belong to a path inside a folder.
 *
 * @param parent the directory's path, "" for the folder itself
 * @param name the last component
 */
record Names(String parent, String name) {
  /** What a stub's name ends in. */
  static final String SUFFIX = ".f";

  /** A longer name has no room for {@link #SUFFIX}. */
  private static final int NAME_BYTES_MAX = 253;

  static Names of(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0
        ? new Names("", path)
        : new Names(path.substring(0, slash), path.substring(slash + 1));
  }

  static String join(String parent, String name) {
    return parent.isEmpty() ? name : parent + "/" + name;
  }

  /** The path of a file's stub. */
  static String stubOf(String path) {
    return path + SUFFIX;
  }

  /** The files that an entry with this path may be, or be the stub of. */
  static List<String> filesOf(String entryPath) {
    Names names = of(entryPath);
    return names.isStubName() ? List.of(names.basePath(), entryPath) : List.of(entryPath);
  }

  String stubName() {
    return name + SUFFIX;
  }

  /** Whether the name is one that a stub may have, with something left in front of {@code .f}. */
  boolean isStubName() {
    return name.endsWith(SUFFIX) && name.length() > SUFFIX.length();
  }

  /** The name without {@code .f}. */
  String baseName() {
    return name.substring(0, name.length() - SUFFIX.length());
  }

  /** The path without {@code .f}. */
  String basePath() {
    return join(parent, baseName());
  }

  boolean isTooLongForStub() {
    return name.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES_MAX;
  }
}
