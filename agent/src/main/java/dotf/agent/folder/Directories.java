package dotf.agent.folder;

import dotf.chunker.disk.Directory;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** The directories of one batch, each opened once. Used by one thread. */
final class Directories implements Closeable {
  private final WatchedFolder folder;
  private final Map<String, Directory> open = new HashMap<>();

  Directories(WatchedFolder folder) {
    this.folder = folder;
  }

  Directory of(Place place) throws IOException {
    Directory known = open.get(place.directory());
    if (known == null) {
      known = folder.directory(place.directory());
      open.put(place.directory(), known);
    }
    return known;
  }

  /** Makes the names in all of them durable. */
  void sync() throws IOException {
    for (Directory directory : open.values()) {
      directory.sync();
    }
  }

  @Override
  public void close() throws IOException {
    for (Directory directory : open.values()) {
      directory.close();
    }
  }
}
