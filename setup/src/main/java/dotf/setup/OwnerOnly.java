package dotf.setup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Files and directories that only their owner may read, from the first instant: they are created
 * with their mode, never widened and narrowed afterwards. Where the filesystem has no POSIX modes,
 * they take what their directory gives.
 */
final class OwnerOnly {
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
  private static final Set<PosixFilePermission> DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private OwnerOnly() {}

  /**
   * Makes the directory (mode 0700) unless it is there.
   *
   * @throws IOException when it cannot be made, or when something else has its name
   */
  static void directory(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, mode(directory, DIRECTORY));
    } catch (FileAlreadyExistsException there) {
      if (!Files.isDirectory(directory)) {
        throw new IOException(directory + " is not a directory; move it away", there);
      }
    }
  }

  /** Narrows a directory that others may enter to mode 0700. */
  static void narrow(Path directory) throws IOException {
    if (posix(directory) && !othersMay(directory).isEmpty()) {
      Files.setPosixFilePermissions(directory, DIRECTORY);
    }
  }

  /** What the group and others may do with the file; empty where there are no POSIX modes. */
  static Set<PosixFilePermission> othersMay(Path file) throws IOException {
    if (!posix(file)) {
      return EnumSet.noneOf(PosixFilePermission.class);
    }
    Set<PosixFilePermission> granted =
        EnumSet.copyOf(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
    granted.removeAll(DIRECTORY);
    return granted;
  }

  /**
   * Writes a new file (mode 0600) that is whole and on the disk, or absent, whatever happens.
   *
   * @throws FileAlreadyExistsException when the name is taken; the file there stays as it is
   */
  static void create(Path file, byte[] content) throws IOException {
    Path temporary = temporary(file, content);
    try {
      // A hard link publishes without replacing; a rename would replace silently.
      Files.createLink(file, temporary);
    } catch (UnsupportedOperationException noLinks) {
      if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(file.toString());
      }
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    sync(parent(file));
  }

  /** As {@link #create}, but takes the place of what is there, in one step. */
  static void replace(Path file, byte[] content) throws IOException {
    Path temporary = temporary(file, content);
    try {
      Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
    sync(parent(file));
  }

  private static Path temporary(Path file, byte[] content) throws IOException {
    Path temporary =
        Files.createTempFile(
            parent(file), "." + file.getFileName(), ".tmp", mode(parent(file), FILE));
    try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
      ByteBuffer rest = ByteBuffer.wrap(content);
      while (rest.hasRemaining()) {
        channel.write(rest);
      }
      channel.force(true);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw e;
    }
    return temporary;
  }

  private static void sync(Path directory) throws IOException {
    if (posix(directory)) {
      try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }

  private static FileAttribute<?>[] mode(Path near, Set<PosixFilePermission> mode) {
    return posix(near)
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(mode)}
        : new FileAttribute<?>[0];
  }

  private static boolean posix(Path near) {
    return near.getFileSystem().supportedFileAttributeViews().contains("posix");
  }

  private static Path parent(Path file) {
    Path parent = file.toAbsolutePath().getParent();
    return parent == null ? file.toAbsolutePath() : parent;
  }
}
