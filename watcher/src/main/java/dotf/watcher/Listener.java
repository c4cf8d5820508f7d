package dotf.watcher;

import dotf.watcher.FolderEvent.Changed;
import dotf.watcher.FolderEvent.Unreadable;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Hands events to a watcher's listener: changes of one path that follow one another in a batch
 * become one, an unreadable name is told once, and a listener's failure ends nothing. For one
 * thread.
 */
final class Listener {
  /** Unreadable names that are remembered; beyond this, they may be told again. */
  private static final int REMEMBERED_MAX = 10_000;

  private final Consumer<FolderEvent> target;
  private final Logger log;
  private final Set<String> unreadable = new HashSet<>();
  private @Nullable FolderEvent latest;

  Listener(Consumer<FolderEvent> target, Logger log) {
    this.target = target;
    this.log = log;
  }

  /** Whatever was sent before may have been acted upon: the next change is news again. */
  void beginBatch() {
    latest = null;
  }

  void send(FolderEvent event) {
    if (event instanceof Changed && event.equals(latest)) {
      return;
    }
    latest = event;
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
