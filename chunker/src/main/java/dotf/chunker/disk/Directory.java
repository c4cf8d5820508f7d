package dotf.chunker.disk;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open directory; every operation is relative to it, so that nobody can swap a path under us.
 */
public interface Directory extends Closeable {
  /**
   * How the hidden names begin that {@link #createUnnamed} needs on some filesystems. After a crash
   * one may be left; nothing but removing it may be done with it.
   */
  String TEMPORARY_PREFIX = ".dotf-tmp-";

  /**
   * Opens a directory below this one; {@code relative} is {@code /}-separated, "" is this one
   * again. Never leaves the tree, follows a link or crosses a mount (openat2 RESOLVE_BENEATH,
   * NO_SYMLINKS, NO_XDEV).
   *
   * @throws java.nio.file.NoSuchFileException when there is none
   */
  Directory openDirectory(String relative) throws IOException;

  /** The entry's figures, or null when (ENOENT) there is none. */
  @Nullable FileStat stat(String name) throws IOException;

  /** This directory's own figures. */
  FileStat stat() throws IOException;

  /**
   * Which filesystem this is, in hex digits that stay the same wherever and whenever it is mounted;
   * null where the system does not tell.
   */
  @Nullable String filesystem() throws IOException;

  /**
   * Every name but "." and "..", in no order; a name that is not UTF-8 is reported as {@link
   * Entry#mangled}.
   */
  List<Entry> list() throws IOException;

  /**
   * Opens a regular file for reading: O_NOFOLLOW, O_NONBLOCK; a FIFO or device is an IOException.
   */
  OpenFile openRead(String name) throws IOException;

  /** Opens an existing regular file for reading and writing. */
  OpenFile openWrite(String name) throws IOException;

  /**
   * Makes a new file and opens it for reading and writing.
   *
   * @throws java.nio.file.FileAlreadyExistsException when the name is taken
   */
  OpenFile create(String name, int mode) throws IOException;

  /** A file without a name (O_TMPFILE; where there is none, a hidden name that goes on close). */
  OpenFile createUnnamed(int mode) throws IOException;

  /**
   * Publishes an unnamed file under a name; false when the name is taken. Never replaces anything.
   */
  boolean link(OpenFile unnamed, String name) throws IOException;

  /** Renames without replacing; false when {@code newName} is taken (RENAME_NOREPLACE). */
  boolean rename(String name, Directory target, String newName) throws IOException;

  /** Renames over whatever has the new name (only for files of our own). */
  void replace(String name, String newName) throws IOException;

  /** Swaps two entries (RENAME_EXCHANGE). */
  void exchange(String name, Directory target, String otherName) throws IOException;

  /** Removes a file's name; does nothing when there is none. */
  void unlink(String name) throws IOException;

  /** Makes a directory; false when the name is taken. */
  boolean makeDirectory(String name, int mode) throws IOException;

  /** Removes an empty directory; false when it is not empty. */
  boolean removeDirectory(String name) throws IOException;

  /** Makes the names in this directory durable (fsync). */
  void sync() throws IOException;

  /** Makes everything of this filesystem durable (syncfs). */
  void syncFilesystem() throws IOException;

  /**
   * One name of a listing.
   *
   * @param mangled the bytes on disk are not UTF-8; {@code name} is only for showing
   */
  record Entry(String name, FileStat.Type type, boolean mangled) {}
}
