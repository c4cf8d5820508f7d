package dotf.watcher;

import dotf.watcher.FolderEvent.Changed;
import dotf.watcher.FolderEvent.Removed;
import dotf.watcher.FolderEvent.Rescan;
import dotf.watcher.FolderEvent.RootGone;
import io.methvin.watcher.DirectoryChangeEvent;
import io.methvin.watcher.DirectoryChangeListener;
import io.methvin.watcher.DirectoryWatcher;
import io.methvin.watcher.visitor.FileTreeVisitor;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches by the directory-watcher library, where there is nothing better: changes only. It loses
 * whole trees without a sign when directories are made and renamed in bursts, and fails on an
 * overflow; so whatever it throws becomes a Rescan, and so does every directory that appears. It
 * must not hash: that opens every file, and a named pipe would hold it for ever.
 */
final class LibraryWatcher implements FolderWatcher {
  private static final Logger LOG = LoggerFactory.getLogger(LibraryWatcher.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final Path root;
  private final Listener listener;
  private final UnwatchedDirectories unwatched = new UnwatchedDirectories();
  private final DirectoryWatcher library;

  /** The opener's own until the loop has one, so that closing never waits in vain. */
  private volatile Thread thread = Thread.currentThread();

  private volatile boolean closed;
  private volatile boolean rootGone;

  private LibraryWatcher(Path root, Consumer<FolderEvent> listener) throws IOException {
    this.root = root;
    this.listener = new Listener(listener, LOG);
    this.library =
        DirectoryWatcher.builder()
            .path(root)
            .fileHashing(false)
            .fileTreeVisitor(new Visitor())
            .listener(new Events())
            .logger(LOG)
            .build();
  }

  static LibraryWatcher open(Path root, Consumer<FolderEvent> listener) throws IOException {
    if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(root + " cannot be watched: it is no directory");
    }
    LibraryWatcher watcher = new LibraryWatcher(root, listener);
    try {
      // Registers every directory here, then hands the loop to the thread.
      var _ = watcher.library.watchAsync(watcher::start);
    } catch (CompletionException | IllegalStateException e) {
      watcher.library.close();
      throw new IOException(root + " cannot be watched: " + e.getMessage(), e);
    }
    return watcher;
  }

  @Override
  public boolean seesOpens() {
    return false;
  }

  @Override
  public List<Unwatched> unwatched() {
    return unwatched.list();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    library.close();
    if (!Thread.currentThread().equals(thread)) {
      try {
        thread.join(CLOSE_LIMIT);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void start(Runnable loop) {
    thread = Thread.ofPlatform().name("dotf-watch").daemon().unstarted(() -> run(loop));
    thread.start();
  }

  private void run(Runnable loop) {
    loop.run();
    if (!closed && !rootIsGone()) {
      LOG.error("watching {} ended; only scans will see its changes", root);
      unwatched.add("", "the watcher ended");
      listener.send(new Rescan(""));
    }
  }

  /** Reports, once, that the root is gone. */
  private boolean rootIsGone() {
    if (!rootGone && !Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      rootGone = true;
      listener.send(new RootGone());
    }
    return rootGone;
  }

  private String relative(Path path) {
    return root.relativize(path).toString().replace(File.separatorChar, '/');
  }

  private final class Events implements DirectoryChangeListener {
    @Override
    public void onEvent(DirectoryChangeEvent event) {
      listener.beginBatch();
      if (closed || rootGone) {
        return;
      }
      if (event.eventType() == DirectoryChangeEvent.EventType.OVERFLOW || event.path() == null) {
        listener.send(new Rescan(""));
        return;
      }
      String path = relative(event.path());
      if (path.equals(FolderScan.OWN_DIRECTORY)
          || path.startsWith(FolderScan.OWN_DIRECTORY + "/")) {
        return;
      }
      if (!root.resolve(path).equals(event.path())) {
        listener.unreadable(path);
        return;
      }
      switch (event.eventType()) {
        case CREATE, MODIFY -> changed(path, event);
        case DELETE -> removed(path);
        case OVERFLOW -> throw new AssertionError("seen above");
      }
    }

    private void changed(String path, DirectoryChangeEvent event) {
      if (path.isEmpty()) {
        return;
      }
      listener.send(new Changed(path, event.isDirectory()));
      if (event.isDirectory() && event.eventType() == DirectoryChangeEvent.EventType.CREATE) {
        listener.send(new Rescan(path));
      }
    }

    private void removed(String path) {
      if (!rootIsGone() && !path.isEmpty()) {
        listener.send(new Removed(path));
      }
    }

    @Override
    public void onException(Exception problem) {
      if (!closed && !rootIsGone()) {
        LOG.warn("events of {} were lost, it will be scanned", root, problem);
        listener.send(new Rescan(""));
      }
    }
  }

  /** Shows the library the directories; a scan follows no link, hangs on nothing, skips .dotf. */
  private final class Visitor implements FileTreeVisitor {
    @Override
    public void recursiveVisitFiles(Path top, Callback onDirectory, Callback onFile)
        throws IOException {
      String from = relative(top);
      if (from.isEmpty()) {
        onDirectory.call(top);
      }
      new FolderScan(root, PortableTreeReader::open)
          .scan(from, entry -> visit(entry, onDirectory, onFile), () -> closed);
    }

    private void visit(FolderEntry entry, Callback onDirectory, Callback onFile) {
      switch (entry) {
        case FolderEntry.Directory directory -> call(onDirectory, directory.path());
        case FolderEntry.File file -> call(onFile, file.path());
        case FolderEntry.Other other -> call(onFile, other.path());
        case FolderEntry.Unknown unknown -> unwatched.add(unknown.path(), unknown.reason());
        case FolderEntry.Unreadable unreadable -> listener.unreadable(unreadable.shown());
      }
    }

    private void call(Callback callback, String path) {
      try {
        callback.call(root.resolve(path));
      } catch (IOException e) {
        if (!TreeReader.isAbsence(e)) {
          unwatched.add(path, TreeReader.reason(e));
        }
      }
    }
  }
}
