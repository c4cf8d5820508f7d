package dotf.dht.store;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An empty file in the store's directory for as long as its disk is not trusted. */
final class SuspectMark {
  static final String NAME = "suspect";
  private static final Logger LOG = LoggerFactory.getLogger(SuspectMark.class);

  private SuspectMark() {}

  static boolean isThere(Directory directory) throws IOException {
    return directory.stat(NAME) != null;
  }

  /** On a failing disk this may fail as well; then only the running process knows. */
  static void leave(Directory directory) {
    try (OpenFile _ = directory.create(NAME, 0600)) {
      directory.sync();
    } catch (FileAlreadyExistsException e) {
      LOG.debug("The store was suspect before.");
    } catch (IOException e) {
      LOG.warn("That the store's disk failed is forgotten by a restart: {}", e.getMessage());
    }
  }

  static void remove(Directory directory) throws IOException {
    directory.unlink(NAME);
    directory.sync();
  }
}
