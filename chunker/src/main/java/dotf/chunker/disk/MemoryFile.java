package dotf.chunker.disk;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** An open file of a {@link MemoryDisk}. */
final class MemoryFile implements OpenFile {
  /** As long as Linux lets a lease keep others waiting. */
  private static final long BREAK_SECONDS = 45;

  private final MemoryDisk disk;
  private final MemoryNode node;
  private final String path;
  private final boolean writable;
  private boolean closed;

  private MemoryFile(MemoryDisk disk, MemoryNode node, String path, boolean writable) {
    this.disk = disk;
    this.node = node;
    this.path = path;
    this.writable = writable;
  }

  /** Waits for leases that forbid it; called with the disk's lock, which it lets go meanwhile. */
  static MemoryFile open(MemoryDisk disk, MemoryNode node, String path, boolean writable)
      throws IOException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(BREAK_SECONDS);
    try {
      while (node.leases.stream().anyMatch(lease -> lease.forbids(writable))) {
        long left = until - System.nanoTime();
        if (left <= 0) {
          node.leases.clear();
        } else {
          TimeUnit.NANOSECONDS.timedWait(disk, left);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(path);
    }
    MemoryFile file = new MemoryFile(disk, node, path, writable);
    node.open.add(file);
    return file;
  }

  MemoryNode node() {
    return node;
  }

  private void check(boolean toWrite) throws IOException {
    if (closed || (toWrite && !writable)) {
      throw MemoryDisk.failure(path, "use", "Bad file descriptor");
    }
  }

  @Override
  public FileStat stat() throws IOException {
    synchronized (disk) {
      check(false);
      return node.stat();
    }
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    synchronized (disk) {
      check(false);
      int length = (int) Math.max(0, Math.min(into.remaining(), node.live.bytes.length - position));
      if (length > 0) {
        into.put(node.live.bytes, (int) position, length);
      }
      return length;
    }
  }

  @Override
  public void write(ByteBuffer from, long position) throws IOException {
    write(new ByteBuffer[] {from}, position);
  }

  @Override
  public void write(ByteBuffer[] from, long position) throws IOException {
    synchronized (disk) {
      check(true);
      long at = position;
      for (ByteBuffer part : from) {
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        disk.write(node, at, ByteBuffer.wrap(bytes));
        at += bytes.length;
      }
    }
  }

  @Override
  public void allocate(long size) throws IOException {
    synchronized (disk) {
      check(true);
      if (size > node.live.bytes.length) {
        disk.resize(node, size);
      }
    }
  }

  @Override
  public boolean punch(long position, long length) throws IOException {
    synchronized (disk) {
      check(true);
      long end = Math.min(position + length, node.live.bytes.length);
      disk.write(node, position, ByteBuffer.allocate((int) Math.max(0, end - position)));
      return true;
    }
  }

  @Override
  public long allocated() throws IOException {
    synchronized (disk) {
      check(false);
      return node.allocated();
    }
  }

  @Override
  public void truncate(long size) throws IOException {
    synchronized (disk) {
      check(true);
      disk.resize(node, size);
    }
  }

  @Override
  public void sync() throws IOException {
    synchronized (disk) {
      check(false);
      disk.syncFile(node);
    }
  }

  @Override
  public void syncData() throws IOException {
    sync();
  }

  @Override
  public void dropCache() throws IOException {
    synchronized (disk) {
      check(false);
    }
  }

  @Override
  public void setMode(int mode) throws IOException {
    synchronized (disk) {
      check(false);
      node.live.mode = mode;
      disk.described(node);
    }
  }

  @Override
  public void setModified(Instant modified) throws IOException {
    synchronized (disk) {
      check(false);
      node.live.modified = modified;
      disk.described(node);
    }
  }

  @Override
  public Map<String, byte[]> attributes() throws IOException {
    synchronized (disk) {
      check(false);
      return node.live.attributes;
    }
  }

  @Override
  public List<String> setAttributes(Map<String, byte[]> attributes) throws IOException {
    synchronized (disk) {
      check(false);
      Map<String, byte[]> all = new TreeMap<>(node.live.attributes);
      List<String> refused = new ArrayList<>();
      attributes.forEach(
          (name, value) -> {
            if (name.startsWith("user.")) {
              all.put(name, value.clone());
            } else {
              refused.add(name);
            }
          });
      node.live.attributes = Map.copyOf(all);
      disk.described(node);
      return refused;
    }
  }

  @Override
  public LeaseResult lease(LeaseKind kind) throws IOException {
    synchronized (disk) {
      check(false);
      boolean inUse =
          node.open.stream()
              .anyMatch(other -> kind == LeaseKind.WRITE ? other != this : other.writable);
      if (inUse) {
        return new LeaseResult.InUse();
      }
      MemoryLease lease = new MemoryLease(kind);
      node.leases.add(lease);
      return new LeaseResult.Granted(lease);
    }
  }

  @Override
  public void close() {
    synchronized (disk) {
      closed = true;
      node.open.remove(this);
      node.leases.removeIf(lease -> lease.holder() == this);
      disk.notifyAll();
    }
  }

  @Override
  public String toString() {
    return path;
  }

  /** A lease of this file's. */
  final class MemoryLease implements Lease {
    private final LeaseKind kind;
    private boolean wanted;

    private MemoryLease(LeaseKind kind) {
      this.kind = kind;
    }

    private MemoryFile holder() {
      return MemoryFile.this;
    }

    /** Somebody wants to open the file. */
    private boolean forbids(boolean toWrite) {
      boolean forbidden = toWrite || kind == LeaseKind.WRITE;
      wanted |= forbidden;
      return forbidden;
    }

    @Override
    public boolean held() {
      synchronized (disk) {
        return !wanted && node.leases.contains(this);
      }
    }

    @Override
    public void close() {
      synchronized (disk) {
        node.leases.remove(this);
        disk.notifyAll();
      }
    }
  }
}
