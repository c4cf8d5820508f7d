package dotf.agent.folder;

import dotf.agent.journal.FolderId;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.Disk;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A folder and dotf's own directory in it: {@code .dotf/} (0700) with a marker that says which
 * folder this is and which directory it was, and {@code q/}, the quarantine. Safe for use by many
 * threads.
 */
public final class WatchedFolder implements Closeable {
  /** The name of dotf's own directory at the top of a folder. */
  public static final String OWN_DIRECTORY = ".dotf";

  private static final String QUARANTINE = "q";
  private static final String MARKER = "folder";
  private static final int MARKER_BYTES_MAX = 1024;
  private static final int PRIVATE_DIRECTORY = 0700;
  private static final int PRIVATE_FILE = 0600;

  private final Disk disk;
  private final Marker marker;
  private final Path path;
  private final Directory root;
  private final Directory own;
  private final Directory quarantine;
  private final FileStat identity;

  private WatchedFolder(
      Disk disk, Marker marker, Path path, Directory root, Directory own, Directory quarantine)
      throws IOException {
    this.disk = disk;
    this.marker = marker;
    this.path = path;
    this.root = root;
    this.own = own;
    this.quarantine = quarantine;
    identity = root.stat();
  }

  /** Whether what is at the folder's path can be believed. */
  public enum Health {
    /** The directory that was added, with its marker. */
    HEALTHY,
    /** Nothing can be reached at its path: not mounted, moved away, or unreadable. */
    VANISHED,
    /** Another directory is at its path, or one without the marker. */
    REPLACED
  }

  /**
   * Makes a directory a folder: writes the marker, or writes it anew when it named this folder
   * already, as after the folder was copied back from a backup.
   *
   * @throws IOException when it is marked as another folder, or cannot be written to
   */
  public static WatchedFolder create(Disk disk, Path path, FolderId id) throws IOException {
    return attach(disk, path, id, true);
  }

  /**
   * Opens a folder that was made earlier.
   *
   * @throws LostFolderException when nothing is there, or not the directory that was made a folder
   */
  public static WatchedFolder open(Disk disk, Path path, FolderId id) throws IOException {
    return attach(disk, path, id, false);
  }

  private static WatchedFolder attach(Disk disk, Path path, FolderId id, boolean create)
      throws IOException {
    Directory root = root(disk, path);
    try {
      if (create) {
        makeOwnDirectories(root);
      }
      Directory own = root.openDirectory(OWN_DIRECTORY);
      Directory quarantine = own.openDirectory(QUARANTINE);
      Marker marker = Marker.of(id, root);
      if (create) {
        writeMarker(own, marker, path);
      } else {
        Marker known = readMarker(own);
        if (known == null || !known.matches(marker)) {
          throw new LostFolderException(
              Health.REPLACED, path + " is not the directory that was added to dotf");
        }
        if (known.filesystem() == null && marker.filesystem() != null) {
          // Written by an earlier version, or where the kernel did not tell.
          writeMarker(own, marker, path);
        }
      }
      return new WatchedFolder(disk, marker, path, root, own, quarantine);
    } catch (NoSuchFileException e) {
      root.close();
      throw new LostFolderException(
          Health.REPLACED, path + " has lost its marker " + OWN_DIRECTORY);
    } catch (IOException e) {
      root.close();
      throw e;
    }
  }

  /**
   * Takes dotf's own directory and its marker away from a directory that is no longer a folder.
   *
   * @return false, and nothing has changed, when its quarantine is not empty
   */
  public static boolean unmake(Disk disk, Path path) throws IOException {
    try (Directory root = disk.open(path)) {
      try (Directory own = root.openDirectory(OWN_DIRECTORY)) {
        if (own.stat(QUARANTINE) != null && !own.removeDirectory(QUARANTINE)) {
          return false;
        }
        own.unlink(MARKER);
        own.sync();
      }
      boolean _ = root.removeDirectory(OWN_DIRECTORY);
      root.sync();
      return true;
    } catch (NoSuchFileException e) {
      return true;
    }
  }

  private static Directory root(Disk disk, Path path) throws IOException {
    try {
      return disk.open(path);
    } catch (NoSuchFileException e) {
      throw new LostFolderException(Health.VANISHED, path + " is not there");
    }
  }

  /** Which folder a directory was made, wherever it was then; null for none. */
  public static @Nullable FolderId marked(Disk disk, Path path) throws IOException {
    try (Directory root = disk.open(path);
        Directory own = root.openDirectory(OWN_DIRECTORY)) {
      Marker marker = readMarker(own);
      return marker == null ? null : marker.id();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static void makeOwnDirectories(Directory root) throws IOException {
    boolean _ = root.makeDirectory(OWN_DIRECTORY, PRIVATE_DIRECTORY);
    root.sync();
    try (Directory own = root.openDirectory(OWN_DIRECTORY)) {
      boolean _ = own.makeDirectory(QUARANTINE, PRIVATE_DIRECTORY);
      own.sync();
    }
  }

  private static void writeMarker(Directory own, Marker marker, Path path) throws IOException {
    if (own.stat(MARKER) != null) {
      Marker known = readMarker(own);
      if (known == null || !known.id().equals(marker.id())) {
        throw new IOException(
            path
                + " is already a folder of another dotf; remove it there first, or delete "
                + OWN_DIRECTORY
                + " if that one is gone for good");
      }
    }
    String temporary = Directory.TEMPORARY_PREFIX + MARKER;
    own.unlink(temporary);
    try (OpenFile file = own.create(temporary, PRIVATE_FILE)) {
      file.write(StandardCharsets.UTF_8.encode(marker.text()), 0);
      file.sync();
    }
    own.replace(temporary, MARKER);
    own.sync();
  }

  private static @Nullable Marker readMarker(Directory own) throws IOException {
    try (OpenFile file = own.openRead(MARKER)) {
      ByteBuffer bytes = ByteBuffer.allocate(MARKER_BYTES_MAX);
      file.read(bytes, 0);
      return Marker.parse(StandardCharsets.UTF_8.decode(bytes.flip()).toString());
    }
  }

  /** Looks again. Only of a healthy folder may anything be concluded from what is not there. */
  public Health health() {
    try (Directory now = disk.open(path)) {
      if (!now.stat().sameFile(identity)) {
        return Health.REPLACED;
      }
      try (Directory ownNow = now.openDirectory(OWN_DIRECTORY)) {
        Marker known = readMarker(ownNow);
        return known != null && known.matches(marker) ? Health.HEALTHY : Health.REPLACED;
      } catch (NoSuchFileException e) {
        return Health.REPLACED;
      }
    } catch (IOException e) {
      return Health.VANISHED;
    }
  }

  /** Which folder this is. */
  public FolderId id() {
    return marker.id();
  }

  /** Where it was when it was opened. */
  public Path path() {
    return path;
  }

  /** The folder itself. */
  public Directory root() {
    return root;
  }

  /** Opens a directory of the folder by its path inside; never leaves the folder. */
  public Directory directory(String relative) throws IOException {
    return root.openDirectory(relative);
  }

  Directory quarantine() {
    return quarantine;
  }

  Disk disk() {
    return disk;
  }

  /** Whether a file is on the filesystem whose quarantine this folder has. */
  boolean holds(FileStat stat) {
    return stat.device() == identity.device();
  }

  @Override
  public void close() throws IOException {
    quarantine.close();
    own.close();
    root.close();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
