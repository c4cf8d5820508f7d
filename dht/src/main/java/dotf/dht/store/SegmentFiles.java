package dotf.dht.store;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import java.io.Closeable;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;

/** Segments open for reading: the {@value #OPEN_MAX} last used stay open. */
final class SegmentFiles implements Closeable {
  private static final int OPEN_MAX = 64;

  private final Directory directory;

  /** By number, the least recently used first. */
  private final LinkedHashMap<Integer, Handle> open = new LinkedHashMap<>(16, 0.75f, true);

  private boolean closed;

  private static final class Handle {
    final OpenFile file;
    int users;

    Handle(OpenFile file) {
      this.file = file;
    }
  }

  /** What to do with a segment's file. */
  interface Task<T> {
    T run(OpenFile file) throws IOException;
  }

  SegmentFiles(Directory directory) {
    this.directory = directory;
  }

  /** Runs the task; the file stays open meanwhile, whatever others do. */
  <T> T read(int segment, Task<T> task) throws IOException {
    Handle handle = take(segment);
    try {
      return task.run(handle.file);
    } finally {
      release(handle);
    }
  }

  private synchronized Handle take(int segment) throws IOException {
    if (closed) {
      throw new IOException("The store is closed.");
    }
    Handle handle = open.get(segment);
    if (handle == null) {
      handle = new Handle(directory.openRead(SegmentHeader.name(segment)));
      open.put(segment, handle);
    }
    handle.users++;
    return handle;
  }

  private synchronized void release(Handle handle) throws IOException {
    handle.users--;
    if (closed && handle.users == 0) {
      handle.file.close();
      return;
    }
    Iterator<Handle> oldest = open.values().iterator();
    while (open.size() > OPEN_MAX && oldest.hasNext()) {
      Handle unused = oldest.next();
      if (unused.users == 0) {
        oldest.remove();
        unused.file.close();
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    for (Handle handle : open.values()) {
      if (handle.users == 0) {
        handle.file.close();
      }
    }
    open.clear();
  }
}
