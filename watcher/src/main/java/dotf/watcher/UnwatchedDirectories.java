package dotf.watcher;

import dotf.watcher.FolderWatcher.Unwatched;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** The directories that a watcher could not watch, bounded. Thread-safe. */
final class UnwatchedDirectories {
  private final NavigableMap<String, String> reasons = new TreeMap<>();

  synchronized void add(String directory, String reason) {
    if (directory.isEmpty() || reasons.size() < FolderWatcher.UNWATCHED_MAX) {
      reasons.put(directory, reason);
    }
  }

  synchronized void removeBelow(String directory) {
    reasons.remove(directory);
    RelativePath.below(reasons, directory).clear();
  }

  synchronized void clear() {
    reasons.clear();
  }

  synchronized List<Unwatched> list() {
    List<Unwatched> list = new ArrayList<>(reasons.size());
    reasons.forEach((directory, reason) -> list.add(new Unwatched(directory, reason)));
    return list;
  }
}
