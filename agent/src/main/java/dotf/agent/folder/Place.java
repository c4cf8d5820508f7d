package dotf.agent.folder;

import java.nio.charset.StandardCharsets;

/**
 * Where a file is inside its folder.
 *
 * @param directory the path of its directory, {@code /}-separated; "" for the folder itself
 * @param name the entry's name
 */
record Place(String directory, String name) {
  /** A name has no room for ".f" when it has more bytes than this. */
  static final int NAME_BYTES_MAX = 253;

  /** What a stub's name ends in. */
  static final String SUFFIX = ".f";

  static Place of(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0
        ? new Place("", path)
        : new Place(path.substring(0, slash), path.substring(slash + 1));
  }

  /** The path inside the folder. */
  String path() {
    return directory.isEmpty() ? name : directory + "/" + name;
  }

  /** Where this file's stub belongs. */
  Place stub() {
    return new Place(directory, name + SUFFIX);
  }

  /** Whether the entry's name is one that a stub has, with something before its ".f". */
  boolean endsAsStub() {
    return name.endsWith(SUFFIX) && name.length() > SUFFIX.length();
  }

  /** What a stub here restores to: the entry without ".f", or, without one, itself. */
  Place target() {
    return endsAsStub()
        ? new Place(directory, name.substring(0, name.length() - SUFFIX.length()))
        : this;
  }

  Place named(String otherName) {
    return new Place(directory, otherName);
  }

  int nameBytes() {
    return name.getBytes(StandardCharsets.UTF_8).length;
  }
}
