package dotf.watcher.inotify;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * An open directory and a cursor over its entries ("." and ".." left out), in the order of the
 * filesystem. Opens none of them. Belongs to its {@link DirectoryTree}, for one thread.
 */
public final class Listing implements Closeable {
  static final int BUFFER_BYTES = 64 * 1024;

  private static final int RECORD_LENGTH = 16;
  private static final int TYPE = 18;
  private static final int NAME = 19;
  private static final int TYPE_UNKNOWN = 0;
  private static final int TYPE_DIRECTORY = 4;

  private final DirectoryTree tree;
  private final int descriptor;
  private final String relative;
  private long next;
  private long end;
  private long entry = -1;
  private Name name = new Name("", false);

  Listing(DirectoryTree tree, int descriptor, String relative) {
    this.tree = tree;
    this.descriptor = descriptor;
    this.relative = relative;
  }

  /** Moves to the next entry; false when there is none. */
  public boolean next() throws IOException {
    do {
      if (next == end && !fill()) {
        return false;
      }
      int length =
          Short.toUnsignedInt(tree.entries.get(ValueLayout.JAVA_SHORT, next + RECORD_LENGTH));
      entry = next;
      next += length;
    } while (isDots());
    name = Name.terminated(tree.entries, entry + NAME, (int) (next - entry) - NAME);
    return true;
  }

  /** The current entry's name. */
  public Name name() {
    return name;
  }

  /** Whether the current entry is a directory; one that went away meanwhile is none. */
  public boolean isDirectory() throws IOException {
    byte type = tree.entries.get(ValueLayout.JAVA_BYTE, entry + TYPE);
    if (type != TYPE_UNKNOWN) {
      return type == TYPE_DIRECTORY;
    }
    try {
      return stat().isDirectory();
    } catch (SystemCallException e) {
      if (e.isAbsence()) {
        return false;
      }
      throw e;
    }
  }

  /**
   * The current entry's figures.
   *
   * @throws SystemCallException also when it went away meanwhile
   */
  public Stat stat() throws IOException {
    return tree.statAt(descriptor, tree.entries.asSlice(entry + NAME), name.text());
  }

  int descriptor() {
    return descriptor;
  }

  @Override
  public void close() throws IOException {
    Libc.close(descriptor, tree.errno);
  }

  private boolean fill() throws IOException {
    try {
      MemorySegment buffer = tree.entries;
      long read =
          (long) Libc.GETDENTS64.invokeExact(tree.errno, descriptor, buffer, (long) BUFFER_BYTES);
      if (read < 0) {
        throw Libc.failure(tree.shown(relative), tree.errno);
      }
      next = 0;
      end = read;
      return read > 0;
    } catch (IOException e) {
      throw e;
    } catch (Throwable t) {
      throw Libc.unexpected(t);
    }
  }

  private boolean isDots() {
    return byteAt(0) == '.' && (byteAt(1) == 0 || (byteAt(1) == '.' && byteAt(2) == 0));
  }

  private byte byteAt(int index) {
    return tree.entries.get(ValueLayout.JAVA_BYTE, entry + NAME + index);
  }
}
