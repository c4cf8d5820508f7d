package dotf.watcher;

import dotf.watcher.FolderEvent.Changed;
import dotf.watcher.FolderEvent.Unreadable;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Hands events to a watcher's listener: changes of one path, with nothing but changes between them
 * in a batch, become one, an unreadable name is told once, and a listener's failure ends nothing.
 * For one thread.
 */
final class Listener {
  /**
   * Unreadable names, and changes in a batch, that are remembered; beyond this, they may be told
   * again.
   */
  private static final int REMEMBERED_MAX = 10_000;

  private final Consumer<FolderEvent> target;
  private final Logger log;
  private final Set<String> unreadable = new HashSet<>();
  private final Set<FolderEvent> changes = new HashSet<>();

  Listener(Consumer<FolderEvent> target, Logger log) {
    this.target = target;
    this.log = log;
  }

  /** Whatever was sent before may have been acted upon: the next change is news again. */
  void beginBatch() {
    changes.clear();
  }

  void send(FolderEvent event) {
    if (!(event instanceof Changed)) {
      changes.clear();
    } else if (changes.size() < REMEMBERED_MAX && !changes.add(event)) {
      return;
    }
    try {
      target.accept(event);
    } catch (RuntimeException e) {
      log.error("the listener failed at {}", event, e);
    }
  }

  void unreadable(String shown) {
    if (unreadable.size() == REMEMBERED_MAX) {
      unreadable.clear();
    }
    if (unreadable.add(shown)) {
      send(new Unreadable(shown));
    }
  }
}
