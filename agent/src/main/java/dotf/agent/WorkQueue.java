package dotf.agent;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Files that wait for the same kind of work, first come first served, each at most once, taken in
 * batches. Bounded by the number of files there are. For one thread.
 */
final class WorkQueue<T> {
  private final Map<String, Item<T>> waiting = new LinkedHashMap<>();

  /**
   * One file's turn.
   *
   * @param bytes its size
   * @param detail what the work needs to know
   */
  record Item<T>(String path, long bytes, T detail) {}

  /** Adds a file, or replaces what was known of one that waits already. */
  void add(String path, long bytes, T detail) {
    waiting.put(path, new Item<>(path, bytes, detail));
  }

  void remove(String path) {
    waiting.remove(path);
  }

  @Nullable Item<T> find(String path) {
    return waiting.get(path);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  int size() {
    return waiting.size();
  }

  /** Takes the next files, at least one if any, within both limits. */
  List<Item<T>> take(int filesMax, long bytesMax) {
    List<Item<T>> batch = new ArrayList<>();
    long bytes = 0;
    Iterator<Item<T>> items = waiting.values().iterator();
    while (items.hasNext() && batch.size() < filesMax) {
      Item<T> item = items.next();
      bytes += item.bytes();
      if (bytes > bytesMax && !batch.isEmpty()) {
        break;
      }
      batch.add(item);
      items.remove();
    }
    return batch;
  }
}
