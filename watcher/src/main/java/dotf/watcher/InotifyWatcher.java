package dotf.watcher;

import dotf.watcher.FolderEvent.Changed;
import dotf.watcher.FolderEvent.Opened;
import dotf.watcher.FolderEvent.Removed;
import dotf.watcher.FolderEvent.Rescan;
import dotf.watcher.FolderEvent.RootGone;
import dotf.watcher.WatchTree.Node;
import dotf.watcher.inotify.DirectoryTree;
import dotf.watcher.inotify.Inotify;
import dotf.watcher.inotify.Listing;
import dotf.watcher.inotify.Name;
import dotf.watcher.inotify.Stat;
import dotf.watcher.inotify.SystemCallException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches by inotify, one watch per directory.
 *
 * <p>Invariants: I1 a directory is watched first and listed after, so that what appears in it is
 * either listed or an event. I2 events are read between any few directories that are listed, since
 * listing makes events too (the kernel reports the open of a directory) and would fill the queue.
 * I3 after an overflow the whole tree is watched anew before the Rescan is sent.
 */
final class InotifyWatcher implements FolderWatcher {
  private static final Logger LOG = LoggerFactory.getLogger(InotifyWatcher.class);

  private static final int MASK =
      Inotify.MODIFY
          | Inotify.ATTRIB
          | Inotify.CLOSE_WRITE
          | Inotify.OPEN
          | Inotify.MOVED_FROM
          | Inotify.MOVED_TO
          | Inotify.CREATE
          | Inotify.DELETE
          | Inotify.DELETE_SELF
          | Inotify.MOVE_SELF
          | Inotify.ONLY_DIRECTORY
          | Inotify.EXCLUDE_UNLINKED;
  private static final int SELF_GONE =
      Inotify.DELETE_SELF | Inotify.MOVE_SELF | Inotify.UNMOUNT | Inotify.IGNORED;

  /** Directories listed before events are read again (I2); each makes two or three events. */
  private static final int LISTED_AT_ONCE = 256;

  /** How long the second half of a rename may take; the kernel queues both within microseconds. */
  private static final int RENAME_MILLIS = 50;

  private static final int RENAMES_MAX = 1024;

  /**
   * How long events may gather while all there is are writes: the kernel joins those of one file.
   */
  private static final int WRITES_MILLIS = 5;

  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final Path root;
  private final Stat identity;
  private final Inotify inotify;
  private final Listener listener;
  private final UnwatchedDirectories unwatched = new UnwatchedDirectories();
  private final Thread thread;
  private final CountDownLatch watching = new CountDownLatch(1);

  private final WatchTree tree = new WatchTree();
  private final Deque<Arrival> arrivals = new ArrayDeque<>();
  private final Map<Integer, Node> renamed = new HashMap<>();
  private boolean onlyWrites;
  private boolean overflowed;
  private boolean rewatching;
  private volatile boolean closed;

  /**
   * A directory to be watched and listed.
   *
   * @param silent its entries are not news: the caller scans, now or after a Rescan
   */
  private record Arrival(@Nullable Node parent, String name, boolean silent) {}

  private InotifyWatcher(Path root, Consumer<FolderEvent> listener) throws IOException {
    this.root = root;
    try (DirectoryTree folder = DirectoryTree.open(root)) {
      this.identity = folder.rootStat();
    } catch (SystemCallException e) {
      throw new IOException(root + " cannot be watched: " + e.reason(), e);
    }
    try {
      this.inotify = Inotify.open();
    } catch (SystemCallException e) {
      throw new IOException(
          root
              + " cannot be watched: "
              + e.reason()
              + "; raise fs.inotify.max_user_instances, or the limit of open files",
          e);
    }
    this.listener = new Listener(listener, LOG);
    this.thread = Thread.ofPlatform().name("dotf-watch").daemon().unstarted(this::run);
  }

  static InotifyWatcher open(Path root, Consumer<FolderEvent> listener) throws IOException {
    InotifyWatcher watcher = new InotifyWatcher(root, listener);
    watcher.thread.start();
    try {
      watcher.watching.await();
    } catch (InterruptedException e) {
      watcher.close();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while beginning to watch " + root, e);
    }
    List<Unwatched> missed = watcher.unwatched();
    if (!missed.isEmpty() && missed.getFirst().directory().isEmpty()) {
      watcher.close();
      throw new IOException(root + " cannot be watched: " + missed.getFirst().reason());
    }
    return watcher;
  }

  @Override
  public boolean seesOpens() {
    return true;
  }

  @Override
  public List<Unwatched> unwatched() {
    return unwatched.list();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    inotify.wake();
    if (!Thread.currentThread().equals(thread)) {
      try {
        thread.join(CLOSE_LIMIT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void run() {
    try (inotify) {
      arrivals.push(new Arrival(null, "", true));
      while (!closed) {
        turn();
      }
    } catch (IOException | RuntimeException e) {
      LOG.error("watching {} ended; only scans will see its changes", root, e);
      unwatched.add("", "the watcher failed: " + e.getMessage());
      listener.send(new Rescan(""));
    } finally {
      watching.countDown();
    }
  }

  /** Reads what is queued, then watches a few of the directories that wait for it. */
  private void turn() throws IOException {
    boolean more = inotify.await(patience());
    if (more) {
      onlyWrites = true;
      listener.beginBatch();
      inotify.read(this::event);
      if (onlyWrites && arrivals.isEmpty()) {
        inotify.pause(WRITES_MILLIS);
      }
    }
    if (!renamed.isEmpty() && (!more || renamed.size() > RENAMES_MAX)) {
      dropMovedAway();
    }
    if (!arrivals.isEmpty()) {
      watchArrivals();
    }
    if (arrivals.isEmpty()) {
      allWatched();
    }
  }

  private int patience() {
    if (!arrivals.isEmpty() || overflowed) {
      return 0;
    }
    return renamed.isEmpty() ? -1 : RENAME_MILLIS;
  }

  private void allWatched() throws IOException {
    if (rewatching) {
      rewatching = false;
      for (int descriptor : tree.stale()) {
        forget(descriptor);
      }
      if (!closed && !overflowed) {
        listener.send(new Rescan(""));
      }
    }
    if (overflowed) {
      overflowed = false;
      rewatching = true;
      renamed.clear();
      unwatched.clear();
      tree.beginRound();
      arrivals.push(new Arrival(null, "", true));
    }
    watching.countDown();
  }

  private void event(int watch, int mask, int cookie, @Nullable Name name) {
    onlyWrites &= (mask & Inotify.MODIFY) != 0;
    if ((mask & Inotify.OVERFLOW) != 0) {
      overflowed = true;
      return;
    }
    Node directory = tree.find(watch);
    if (directory == null || closed) {
      return;
    }
    if (name == null) {
      eventOfItself(directory, mask);
      return;
    }
    if (tree.isRoot(directory) && name.text().equals(FolderScan.OWN_DIRECTORY)) {
      return;
    }
    String path = tree.path(directory, name.text());
    if (path == null) {
      return;
    }
    if (name.mangled()) {
      listener.unreadable(path);
    } else if ((mask & Inotify.IS_DIRECTORY) != 0) {
      eventOfDirectory(directory, mask, cookie, name.text(), path);
    } else if ((mask & Inotify.OPEN) != 0) {
      listener.send(new Opened(path));
    } else if ((mask & (Inotify.DELETE | Inotify.MOVED_FROM)) != 0) {
      listener.send(new Removed(path));
    } else {
      listener.send(new Changed(path, false));
    }
  }

  private void eventOfItself(Node directory, int mask) {
    if (tree.isRoot(directory)) {
      if ((mask & SELF_GONE) != 0) {
        rootGone();
      }
    } else if ((mask & Inotify.IGNORED) != 0) {
      tree.remove(directory);
    }
  }

  private void eventOfDirectory(Node parent, int mask, int cookie, String name, String path) {
    if ((mask & Inotify.OPEN) != 0) {
      return;
    }
    Node known = parent.child(name);
    if ((mask & (Inotify.DELETE | Inotify.MOVED_FROM)) != 0) {
      if (known != null) {
        tree.detach(known);
        if ((mask & Inotify.MOVED_FROM) != 0) {
          renamed.put(cookie, known);
        }
      }
      unwatched.removeBelow(path);
      listener.send(new Removed(path));
      return;
    }
    if ((mask & Inotify.MOVED_TO) != 0) {
      Node moved = renamed.remove(cookie);
      if (moved != null && tree.find(moved.descriptor) == moved && tree.isDetached(moved)) {
        attach(moved.descriptor, parent, name);
      }
      known = null;
    }
    listener.send(new Changed(path, true));
    if (known == null) {
      unwatched.removeBelow(path);
      arrivals.push(new Arrival(parent, name, false));
    }
  }

  private void watchArrivals() throws IOException {
    // The root is not kept open: that would hold off its deletion, and keep its disk from being
    // unmounted.
    try (DirectoryTree folder = openFolder()) {
      if (folder == null || !folder.rootStat().sameFile(identity)) {
        rootGone();
        return;
      }
      for (int i = 0; i < LISTED_AT_ONCE && !arrivals.isEmpty() && !closed; i++) {
        watch(folder, arrivals.pop());
      }
    }
  }

  private @Nullable DirectoryTree openFolder() throws IOException {
    try {
      return DirectoryTree.open(root);
    } catch (SystemCallException e) {
      if (e.isAbsence()) {
        return null;
      }
      throw e;
    }
  }

  private void rootGone() {
    closed = true;
    listener.send(new RootGone());
  }

  /** Watches a directory, then reports and queues what is in it (I1). */
  private void watch(DirectoryTree folder, Arrival arrival) throws IOException {
    String path = tree.path(arrival.parent, arrival.name);
    if (path == null) {
      return;
    }
    try (Listing directory = folder.list(path)) {
      Node node = attach(inotify.watch(directory, MASK), arrival.parent, arrival.name);
      if (node != null) {
        listEntries(directory, node, path, arrival.silent);
      }
    } catch (SystemCallException e) {
      if (e.isWatchLimit()) {
        unwatched.add(path, "no inotify watch is left; raise fs.inotify.max_user_watches");
      } else if (!e.isOtherMount() && (!e.isAbsence() || path.isEmpty())) {
        unwatched.add(path, e.reason());
      }
    }
  }

  private void listEntries(Listing directory, Node node, String path, boolean silent)
      throws IOException {
    while (directory.next()) {
      Name name = directory.name();
      if (path.isEmpty() && name.text().equals(FolderScan.OWN_DIRECTORY)) {
        continue;
      }
      String child = path.isEmpty() ? name.text() : path + "/" + name.text();
      if (name.mangled()) {
        listener.unreadable(child);
        continue;
      }
      boolean isDirectory = directory.isDirectory();
      if (!silent) {
        listener.send(new Changed(child, isDirectory));
      }
      if (isDirectory) {
        arrivals.push(new Arrival(node, name.text(), silent));
      }
    }
  }

  /** Attaches; when the tree and the events are out of step, everything is watched anew. */
  private @Nullable Node attach(int descriptor, @Nullable Node parent, String name) {
    Node node = tree.attach(descriptor, parent, name);
    if (node == null) {
      overflowed = true;
    }
    return node;
  }

  /** Directories that were renamed and did not turn up again have left the folder. */
  private void dropMovedAway() throws IOException {
    for (Node node : List.copyOf(renamed.values())) {
      if (tree.find(node.descriptor) == node && tree.isDetached(node)) {
        for (Node below : tree.subtree(node)) {
          forget(below.descriptor);
        }
      }
    }
    renamed.clear();
  }

  private void forget(int descriptor) throws IOException {
    Node node = tree.find(descriptor);
    if (node != null) {
      tree.remove(node);
      inotify.unwatch(descriptor);
    }
  }
}
