package dotf.watcher;

import java.util.NavigableMap;

/** What relative {@code /}-separated paths have to do with one another; "" is the folder. */
final class RelativePath {
  private RelativePath() {}

  static String join(String directory, String name) {
    return directory.isEmpty() ? name : directory + "/" + name;
  }

  /** The directory that holds {@code path}. */
  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? "" : path.substring(0, slash);
  }

  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /** The part of a map by paths that is below a directory: a view. */
  static <V> NavigableMap<String, V> below(NavigableMap<String, V> map, String directory) {
    return directory.isEmpty()
        ? map.tailMap("", false)
        : map.subMap(directory + "/", false, directory + (char) ('/' + 1), false);
  }
}
