package dotf.watcher;

import dotf.fixtures.Eventually;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** A listener that remembers, and that can be held while the queue behind it fills. */
final class RecordedEvents implements Consumer<FolderEvent> {
  private final List<FolderEvent> events = new ArrayList<>();
  private final Semaphore gate = new Semaphore(1);

  @Override
  public void accept(FolderEvent event) {
    gate.acquireUninterruptibly();
    try {
      synchronized (this) {
        events.add(event);
      }
    } finally {
      gate.release();
    }
  }

  /** Lets no event through until {@link #release}. */
  void hold() {
    gate.acquireUninterruptibly();
  }

  /** Whether the watcher is waiting to get an event through. */
  boolean holdsSomebody() {
    return gate.hasQueuedThreads();
  }

  void release() {
    gate.release();
  }

  synchronized List<FolderEvent> all() {
    return List.copyOf(events);
  }

  synchronized void clear() {
    events.clear();
  }

  synchronized boolean has(FolderEvent event) {
    return events.contains(event);
  }

  /** The paths of all that were reported as changed. */
  synchronized Set<String> changed() {
    Set<String> paths = new HashSet<>();
    for (FolderEvent event : events) {
      if (event instanceof FolderEvent.Changed changed) {
        paths.add(changed.path());
      }
    }
    return paths;
  }

  void await(FolderEvent event) {
    try {
      Eventually.eventually(event.toString(), () -> has(event));
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ", but: " + all(), e);
    }
  }

  /** Waits for a change of {@code path}, or for a Rescan that covers it. */
  void awaitNews(String path) {
    Eventually.eventually("news of " + path, () -> all().stream().anyMatch(e -> covers(e, path)));
  }

  static boolean covers(FolderEvent event, String path) {
    return switch (event) {
      case FolderEvent.Changed changed -> changed.path().equals(path);
      case FolderEvent.Rescan rescan ->
          rescan.directory().isEmpty() || (path + "/").startsWith(rescan.directory() + "/");
      default -> false;
    };
  }
}
