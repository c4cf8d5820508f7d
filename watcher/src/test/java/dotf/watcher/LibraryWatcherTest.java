package dotf.watcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

class LibraryWatcherTest extends FolderWatcherContract {
  @Override
  FolderWatcher open(Path folder, Consumer<FolderEvent> listener) throws IOException {
    return LibraryWatcher.open(folder, listener);
  }
}
