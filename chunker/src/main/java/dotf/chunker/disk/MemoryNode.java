package dotf.chunker.disk;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** A file or directory of a {@link MemoryDisk}, guarded by that disk. */
final class MemoryNode {
  private static final int BLOCK_BYTES = 4096;
  private static final byte[] HOLE = new byte[BLOCK_BYTES];

  final long inode;
  final boolean directory;

  /** What every program sees. */
  Image live;

  /** What is on the medium, whatever happens. */
  Image kept;

  Instant changed;
  int links;
  final Set<MemoryFile> open = new HashSet<>();
  final Set<MemoryFile.MemoryLease> leases = new HashSet<>();

  /** A node's content: bytes of a file, names of a directory. */
  static final class Image {
    byte[] bytes = new byte[0];
    int mode;
    Instant modified;
    Map<String, byte[]> attributes = Map.of();
    final Map<String, MemoryNode> names = new TreeMap<>();

    Image(int mode, Instant modified) {
      this.mode = mode;
      this.modified = modified;
    }

    Image copy() {
      Image copy = new Image(mode, modified);
      copy.bytes = bytes.clone();
      copy.attributes = attributes;
      copy.names.putAll(names);
      return copy;
    }

    void write(long position, ByteBuffer from) {
      int length = from.remaining();
      int end = Math.toIntExact(position) + length;
      if (length > 0) {
        bytes = end > bytes.length ? Arrays.copyOf(bytes, end) : bytes.clone();
        from.get(from.position(), bytes, (int) position, length);
      }
    }
  }

  MemoryNode(long inode, boolean directory, int mode, Instant now) {
    this.inode = inode;
    this.directory = directory;
    live = new Image(mode, now);
    kept = new Image(mode, now);
    changed = now;
  }

  /** Blocks of zeros take no space. */
  long allocated() {
    long bytes = 0;
    for (int block = 0; block < live.bytes.length; block += BLOCK_BYTES) {
      int end = Math.min(block + BLOCK_BYTES, live.bytes.length);
      boolean hole = Arrays.equals(live.bytes, block, end, HOLE, 0, end - block);
      bytes += hole ? 0 : BLOCK_BYTES;
    }
    return bytes;
  }

  FileStat stat() {
    return new FileStat(
        directory ? FileStat.Type.DIRECTORY : FileStat.Type.FILE,
        MemoryDisk.DEVICE,
        inode,
        live.bytes.length,
        live.mode,
        MemoryDisk.USER,
        directory ? 2 : links,
        live.modified,
        changed,
        false,
        false);
  }
}
