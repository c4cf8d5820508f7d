package dotf.watcher;

import dotf.watcher.FolderEntry.Figures;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * Reads a tree by java.nio, where there is nothing better: no path longer than the system takes,
 * and a directory that is swapped for a link between two calls is followed.
 */
final class PortableTreeReader implements TreeReader {
  private static final String UNIX =
      "unix:dev,ino,size,mode,uid,nlink,lastModifiedTime,ctime,isDirectory,isRegularFile,isSymbolicLink";
  private static final int PERMISSION_BITS = 07777;

  private final Path root;
  private final Looked rootLooked;
  private final boolean unix;

  /** What one look at an entry gave. */
  private record Looked(boolean directory, boolean file, boolean link, Figures figures) {}

  private PortableTreeReader(Path root) throws IOException {
    this.root = root;
    this.unix = root.getFileSystem().supportedFileAttributeViews().contains("unix");
    this.rootLooked = lookAt(root);
    if (!rootLooked.directory) {
      throw new NoSuchFileException(root.toString());
    }
  }

  static TreeReader open(Path root) throws IOException {
    return new PortableTreeReader(root);
  }

  @Override
  public void list(String directory, Sink sink) throws IOException {
    try (DirectoryStream<Path> names = Files.newDirectoryStream(root.resolve(directory))) {
      for (Path child : names) {
        String name = child.getFileName().toString();
        String path = RelativePath.join(directory, name);
        FolderEntry entry;
        try {
          entry =
              child.equals(child.resolveSibling(name))
                  ? entry(path, lookAt(child))
                  : new FolderEntry.Unreadable(path);
        } catch (NoSuchFileException e) {
          continue;
        } catch (IOException e) {
          entry = new FolderEntry.Unknown(path, TreeReader.reason(e));
        }
        sink.entry(name, entry);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  @Override
  public FolderEntry look(String path) throws IOException {
    return entry(path, lookAt(root.resolve(path)));
  }

  @Override
  public boolean isStillThere() throws IOException {
    try {
      Looked now = lookAt(root);
      return now.directory && now.figures.sameFile(rootLooked.figures);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  @Override
  public void close() {}

  private FolderEntry entry(String path, Looked looked) {
    if (looked.directory && looked.figures.device() != rootLooked.figures.device()) {
      return new FolderEntry.Unknown(path, "another filesystem is mounted here");
    }
    if (looked.file) {
      return new FolderEntry.File(path, looked.figures);
    }
    if (looked.directory) {
      return new FolderEntry.Directory(path, looked.figures);
    }
    return new FolderEntry.Other(path, looked.link ? "symbolic link" : "device");
  }

  private Looked lookAt(Path path) throws IOException {
    return unix ? lookAtUnix(path) : lookAtAny(path);
  }

  private static Looked lookAtUnix(Path path) throws IOException {
    Map<String, Object> values = Files.readAttributes(path, UNIX, LinkOption.NOFOLLOW_LINKS);
    return new Looked(
        value(values, "isDirectory", Boolean.class),
        value(values, "isRegularFile", Boolean.class),
        value(values, "isSymbolicLink", Boolean.class),
        new Figures(
            value(values, "dev", Long.class),
            value(values, "ino", Long.class),
            value(values, "size", Long.class),
            value(values, "mode", Integer.class) & PERMISSION_BITS,
            value(values, "uid", Integer.class),
            value(values, "nlink", Integer.class),
            value(values, "lastModifiedTime", FileTime.class).toInstant(),
            value(values, "ctime", FileTime.class).toInstant()));
  }

  private static <T> T value(Map<String, Object> values, String name, Class<T> type) {
    return type.cast(Objects.requireNonNull(values.get(name), name));
  }

  private static Looked lookAtAny(Path path) throws IOException {
    BasicFileAttributes values =
        Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    Instant modified = values.lastModifiedTime().toInstant();
    return new Looked(
        values.isDirectory(),
        values.isRegularFile(),
        values.isSymbolicLink(),
        new Figures(0, 0, values.size(), 0600, -1, 1, modified, modified));
  }
}
