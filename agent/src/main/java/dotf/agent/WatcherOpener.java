package dotf.agent;

import dotf.watcher.FolderEvent;
import dotf.watcher.FolderWatcher;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Opens watchers: {@code FolderWatcher::open}, or the portable one. */
@FunctionalInterface
public interface WatcherOpener {
  /** Watches a folder; see {@link FolderWatcher#open}. */
  FolderWatcher open(Path root, Consumer<FolderEvent> listener) throws IOException;
}
