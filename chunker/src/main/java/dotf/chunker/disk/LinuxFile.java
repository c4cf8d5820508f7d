package dotf.chunker.disk;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A regular file by its descriptor; {@code path} is for messages only. */
final class LinuxFile implements OpenFile {
  private static final long UTIME_OMIT = (1L << 30) - 2;
  private static final int TIMESPEC_BYTES = 16;

  private final Descriptor descriptor;
  private final String path;
  private @Nullable TemporaryName temporaryName;

  /** The hidden name of a file that should have none, on filesystems without O_TMPFILE. */
  record TemporaryName(Directory home, String name) {}

  LinuxFile(Descriptor descriptor, String path, @Nullable TemporaryName temporaryName) {
    this.descriptor = descriptor;
    this.path = path;
    this.temporaryName = temporaryName;
  }

  @Override
  public FileStat stat() throws IOException {
    return stat(descriptor, path);
  }

  static FileStat stat(Descriptor descriptor, String path) throws IOException {
    int fd = descriptor.use();
    try (Scratch s = Scratch.take()) {
      Failure.check(s, Libc.statx(s, fd, s.name(""), Libc.AT_EMPTY_PATH), path, "look at");
      return Statx.parse(s.struct);
    } finally {
      descriptor.release();
    }
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    int fd = descriptor.use();
    try (Scratch s = Scratch.take()) {
      int start = into.position();
      while (into.hasRemaining()) {
        MemorySegment target = into.isDirect() ? MemorySegment.ofBuffer(into) : s.data();
        long wanted = Math.min(into.remaining(), target.byteSize());
        long at = position + into.position() - start;
        int read = (int) check(s, Libc.pread(s, fd, target, wanted, at), "read");
        if (read == 0) {
          break;
        }
        if (into.isDirect()) {
          into.position(into.position() + read);
        } else {
          into.put(target.asSlice(0, read).asByteBuffer());
        }
      }
      return into.position() - start;
    } finally {
      descriptor.release();
    }
  }

  @Override
  public void write(ByteBuffer from, long position) throws IOException {
    write(new ByteBuffer[] {from}, position);
  }

  /** Gathers small and heap buffers into one; large direct ones are written from where they are. */
  @Override
  public void write(ByteBuffer[] from, long position) throws IOException {
    int fd = descriptor.use();
    try (Scratch s = Scratch.take()) {
      ByteBuffer gathered = s.data().asByteBuffer();
      long at = position;
      for (ByteBuffer buffer : from) {
        if (buffer.isDirect() && buffer.remaining() >= gathered.capacity()) {
          at = writeAll(s, fd, gathered.flip(), at);
          gathered.clear();
          at = writeAll(s, fd, buffer, at);
        }
        while (buffer.hasRemaining()) {
          int part = Math.min(buffer.remaining(), gathered.remaining());
          gathered.put(gathered.position(), buffer, buffer.position(), part);
          gathered.position(gathered.position() + part);
          buffer.position(buffer.position() + part);
          if (!gathered.hasRemaining()) {
            at = writeAll(s, fd, gathered.flip(), at);
            gathered.clear();
          }
        }
      }
      long _ = writeAll(s, fd, gathered.flip(), at);
    } finally {
      descriptor.release();
    }
  }

  private long writeAll(Scratch s, int fd, ByteBuffer direct, long position) throws IOException {
    long at = position;
    while (direct.hasRemaining()) {
      MemorySegment source = MemorySegment.ofBuffer(direct);
      int written = (int) check(s, Libc.pwrite(s, fd, source, source.byteSize(), at), "write");
      direct.position(direct.position() + written);
      at += written;
    }
    return at;
  }

  @Override
  public void allocate(long size) throws IOException {
    if (size == 0) {
      return;
    }
    int fd = descriptor.use();
    try (Scratch s = Scratch.take()) {
      int result = Libc.fallocate(s, fd, 0, 0, size);
      if (result == -Libc.EOPNOTSUPP) {
        result = Libc.ftruncate(s, fd, size);
      }
      check(s, result, "reserve " + size + " bytes for");
    } finally {
      descriptor.release();
    }
  }

  @Override
  public boolean punch(long position, long length) throws IOException {
    int fd = descriptor.use();
    try (Scratch s = Scratch.take()) {
      int mode = Libc.FALLOC_FL_PUNCH_HOLE | Libc.FALLOC_FL_KEEP_SIZE;
      int result = Libc.fallocate(s, fd, mode, position, length);
      if (result == -Libc.EOPNOTSUPP) {
        return false;
      }
      check(s, result, "make a hole in");
      return true;
    } finally {
      descriptor.release();
    }
  }

  @Override
  public long allocated() throws IOException {
    int fd = descriptor.use();
    try (Scratch s = Scratch.take()) {
      check(s, Libc.statx(s, fd, s.name(""), Libc.AT_EMPTY_PATH), "look at");
      return Statx.allocated(s.struct);
    } finally {
      descriptor.release();
    }
  }

  @Override
  public void truncate(long size) throws IOException {
    run((s, fd) -> Libc.ftruncate(s, fd, size), "cut");
  }

  @Override
  public void sync() throws IOException {
    run(Libc::fsync, "make durable");
  }

  @Override
  public void syncData() throws IOException {
    run(Libc::fdatasync, "make durable");
  }

  @Override
  public void dropCache() throws IOException {
    run((s, fd) -> Libc.fadvise(s, fd, Libc.POSIX_FADV_DONTNEED), "drop the cache of");
  }

  @Override
  public void setMode(int mode) throws IOException {
    run((s, fd) -> Libc.fchmod(s, fd, mode), "set the permissions of");
  }

  @Override
  public void setModified(Instant modified) throws IOException {
    run(
        (s, fd) -> {
          MemorySegment times = s.struct.asSlice(0, 2 * TIMESPEC_BYTES);
          times.set(JAVA_LONG, 0, 0);
          times.set(JAVA_LONG, 8, UTIME_OMIT);
          times.set(JAVA_LONG, TIMESPEC_BYTES, modified.getEpochSecond());
          times.set(JAVA_LONG, TIMESPEC_BYTES + 8, modified.getNano());
          return Libc.futimens(s, fd, times);
        },
        "set the time of");
  }

  @Override
  public Map<String, byte[]> attributes() throws IOException {
    int fd = descriptor.use();
    try (Scratch s = Scratch.take()) {
      Map<String, byte[]> attributes = new TreeMap<>();
      for (String name : attributeNames(s, fd)) {
        long bytes = Libc.fgetxattr(s, fd, s.name(name), s.data());
        if (bytes != -Libc.ENODATA) {
          check(s, bytes, "read the attribute " + name + " of");
          attributes.put(name, s.data().asSlice(0, bytes).toArray(JAVA_BYTE));
        }
      }
      return attributes;
    } finally {
      descriptor.release();
    }
  }

  /** Those that a file's owner can read and set: user attributes and the access control list. */
  private List<String> attributeNames(Scratch s, int fd) throws IOException {
    long bytes = Libc.flistxattr(s, fd, s.data());
    if (bytes == -Libc.EOPNOTSUPP) {
      return List.of();
    }
    check(s, bytes, "list the attributes of");
    List<String> names = new ArrayList<>();
    long position = 0;
    while (position < bytes) {
      String name = s.data().getString(position, StandardCharsets.UTF_8);
      position += name.getBytes(StandardCharsets.UTF_8).length + 1;
      if (name.startsWith("user.") || name.equals("system.posix_acl_access")) {
        names.add(name);
      }
    }
    return names;
  }

  @Override
  public List<String> setAttributes(Map<String, byte[]> attributes) throws IOException {
    int fd = descriptor.use();
    try (Scratch s = Scratch.take()) {
      List<String> refused = new ArrayList<>();
      for (Map.Entry<String, byte[]> attribute : attributes.entrySet()) {
        byte[] value = attribute.getValue();
        String name = attribute.getKey();
        if (value.length > Scratch.DATA_BYTES) {
          refused.add(name);
          continue;
        }
        MemorySegment.copy(value, 0, s.data(), JAVA_BYTE, 0, value.length);
        int result = Libc.fsetxattr(s, fd, s.name(name), s.data(), value.length);
        if (result == -Libc.ENOSPC || result == -Libc.EDQUOT || result >= 0) {
          check(s, result, "set the attribute " + name + " of");
        } else {
          refused.add(name);
        }
      }
      return refused;
    } finally {
      descriptor.release();
    }
  }

  @Override
  public LeaseResult lease(LeaseKind kind) throws IOException {
    int wanted = kind == LeaseKind.READ ? Libc.F_RDLCK : Libc.F_WRLCK;
    int fd = descriptor.use();
    try (Scratch s = Scratch.take()) {
      // Letting go of a lease resets the signal to SIGIO, which would end the JVM: set it anew.
      check(s, Libc.fcntl(s, fd, Libc.F_SETSIG, Libc.SIGURG), "prepare a lease on");
      int result = Libc.fcntl(s, fd, Libc.F_SETLEASE, wanted);
      if (result == -Libc.EAGAIN) {
        return new LeaseResult.InUse();
      }
      if (result < 0) {
        return new LeaseResult.Unsupported(
            "no proof that nobody writes to it: leases are refused here (" + s.text(-result) + ")");
      }
      return new LeaseResult.Granted(new LinuxLease(descriptor, path, wanted));
    } finally {
      descriptor.release();
    }
  }

  @Nullable TemporaryName temporaryName() {
    return temporaryName;
  }

  /** The hidden name became a real one; closing must not remove it. */
  void nameGone() throws IOException {
    TemporaryName gone = temporaryName;
    temporaryName = null;
    if (gone != null) {
      gone.home().close();
    }
  }

  /** Gives this unnamed file a name; false when it is taken. */
  boolean linkInto(Scratch s, int directory, MemorySegment name, String shown) throws IOException {
    int fd = descriptor.use();
    try {
      MemorySegment self = s.name("/proc/self/fd/" + fd);
      int result = Libc.linkat(s, Libc.AT_FDCWD, self, directory, name, Libc.AT_SYMLINK_FOLLOW);
      if (result == -Libc.EEXIST) {
        return false;
      }
      Failure.check(s, result, shown, "publish");
      return true;
    } finally {
      descriptor.release();
    }
  }

  @Override
  public void close() throws IOException {
    TemporaryName temporary = temporaryName;
    if (temporary != null) {
      temporary.home().unlink(temporary.name());
      nameGone();
    }
    descriptor.close();
  }

  @Override
  public String toString() {
    return path;
  }

  private interface Call {
    int run(Scratch s, int fd);
  }

  private void run(Call call, String what) throws IOException {
    int fd = descriptor.use();
    try (Scratch s = Scratch.take()) {
      check(s, call.run(s, fd), what);
    } finally {
      descriptor.release();
    }
  }

  private long check(Scratch s, long result, String what) throws FileSystemException {
    return Failure.check(s, result, path, what);
  }
}
