package dotf.watcher;

import dotf.watcher.inotify.SystemCallException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** What a scan needs of a system: an opened root, and one level of the tree at a time. */
interface TreeReader extends Closeable {
  /** Lists a directory, handing on each entry; leaves out those that vanish while it looks. */
  void list(String directory, Sink sink) throws IOException;

  /** Looks at one entry. */
  FolderEntry look(String path) throws IOException;

  /** Whether the root's path still names the directory that was opened. */
  boolean isStillThere() throws IOException;

  /** Opens a folder for reading. */
  @FunctionalInterface
  interface Opener {
    TreeReader open(Path root) throws IOException;
  }

  /** Receives the entries of a directory. */
  @FunctionalInterface
  interface Sink {
    void entry(String name, FolderEntry entry);
  }

  /** Whether a failure says for certain that there is no such thing. */
  static boolean isAbsence(IOException failure) {
    return failure instanceof NoSuchFileException
        || failure instanceof NotDirectoryException
        || (failure instanceof SystemCallException call && call.isAbsence());
  }

  /** A failure in words, without the path. */
  static String reason(IOException failure) {
    return switch (failure) {
      case SystemCallException call ->
          call.isOtherMount() ? "another filesystem is mounted here" : call.reason();
      case FileSystemException file when file.getReason() != null -> file.getReason();
      case FileSystemException file -> file.getClass().getSimpleName();
      default -> String.valueOf(failure.getMessage());
    };
  }
}
