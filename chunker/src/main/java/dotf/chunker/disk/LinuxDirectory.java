package dotf.chunker.disk;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A directory by its descriptor; {@code path} is for messages only. */
final class LinuxDirectory implements Directory {
  private static final SecureRandom TEMPORARY_NAMES = new SecureRandom();
  private static final int OPEN_FILE = Libc.O_NOFOLLOW | Libc.O_NONBLOCK | Libc.O_CLOEXEC;
  private static final int OPEN_DIRECTORY = Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC;

  private static final int UUID_BYTES_MAX = 16;

  private final Descriptor descriptor;
  private final String path;

  LinuxDirectory(Descriptor descriptor, String path) {
    this.descriptor = descriptor;
    this.path = path;
  }

  @Override
  public Directory openDirectory(String relative) throws IOException {
    String below = relative.isEmpty() ? "." : relative;
    String full = relative.isEmpty() ? path : path + "/" + relative;
    int fd = use();
    try (Scratch s = Scratch.take()) {
      int opened = Libc.openBeneath(s, fd, s.name(below), OPEN_DIRECTORY, 0);
      Failure.check(s, opened, full, "open the directory");
      return new LinuxDirectory(new Descriptor(opened), full);
    } finally {
      descriptor.release();
    }
  }

  @Override
  public @Nullable FileStat stat(String name) throws IOException {
    Names.component(name);
    int fd = use();
    try (Scratch s = Scratch.take()) {
      int flags = Libc.AT_SYMLINK_NOFOLLOW | Libc.AT_NO_AUTOMOUNT;
      int result = Libc.statx(s, fd, s.name(name), flags);
      if (result == -Libc.ENOENT) {
        return null;
      }
      Failure.check(s, result, at(name), "look at");
      return Statx.parse(s.struct);
    } finally {
      descriptor.release();
    }
  }

  @Override
  public FileStat stat() throws IOException {
    return LinuxFile.stat(descriptor, path);
  }

  /** An error of any kind only means that it is not told. */
  @Override
  public @Nullable String filesystem() throws IOException {
    int fd = use();
    try (Scratch s = Scratch.take()) {
      if (Libc.ioctl(s, fd, Libc.FS_IOC_GETFSUUID, s.struct) < 0) {
        return null;
      }
      int length = Math.min(Byte.toUnsignedInt(s.struct.get(JAVA_BYTE, 0)), UUID_BYTES_MAX);
      return length == 0
          ? null
          : HexFormat.of().formatHex(s.struct.asSlice(1, length).toArray(JAVA_BYTE));
    } finally {
      descriptor.release();
    }
  }

  /** Lists through a descriptor of its own, so that listings do not share a position. */
  @Override
  public List<Entry> list() throws IOException {
    int fd = use();
    try (Scratch s = Scratch.take()) {
      int own = Libc.openat(s, fd, s.name("."), OPEN_DIRECTORY, 0);
      Failure.check(s, own, path, "list");
      try {
        List<Entry> entries = new ArrayList<>();
        MemorySegment buffer = s.data();
        long bytes;
        while ((bytes = Failure.check(s, Libc.getdents(s, own, buffer), path, "list")) > 0) {
          addEntries(buffer.asSlice(0, bytes), entries);
        }
        return entries;
      } finally {
        int _ = Libc.close(s, own);
      }
    } finally {
      descriptor.release();
    }
  }

  /** {@code struct linux_dirent64}: inode 8, offset 8, length 2, type 1, name with a final NUL. */
  private void addEntries(MemorySegment buffer, List<Entry> entries) throws IOException {
    long position = 0;
    while (position < buffer.byteSize()) {
      int length = Short.toUnsignedInt(buffer.get(JAVA_SHORT, position + 16));
      byte type = buffer.get(JAVA_BYTE, position + 18);
      byte[] name = nameAt(buffer.asSlice(position + 19, length - 19));
      position += length;
      String decoded = Names.decode(name);
      if (decoded == null) {
        String shown = new String(name, StandardCharsets.UTF_8);
        entries.add(new Entry(shown, typeOf(type), true));
      } else if (!decoded.equals(".") && !decoded.equals("..")) {
        FileStat.Type known = type == 0 ? typeByStat(decoded) : typeOf(type);
        if (known != null) {
          entries.add(new Entry(decoded, known, false));
        }
      }
    }
  }

  private static byte[] nameAt(MemorySegment name) {
    int end = 0;
    while (name.get(JAVA_BYTE, end) != 0) {
      end++;
    }
    return name.asSlice(0, end).toArray(JAVA_BYTE);
  }

  private static FileStat.Type typeOf(byte type) {
    return switch (type) {
      case 4 -> FileStat.Type.DIRECTORY;
      case 8 -> FileStat.Type.FILE;
      case 10 -> FileStat.Type.LINK;
      default -> FileStat.Type.OTHER;
    };
  }

  private FileStat.@Nullable Type typeByStat(String name) throws IOException {
    FileStat stat = stat(name);
    return stat == null ? null : stat.type();
  }

  @Override
  public OpenFile openRead(String name) throws IOException {
    return openExisting(name, Libc.O_RDONLY);
  }

  @Override
  public OpenFile openWrite(String name) throws IOException {
    return openExisting(name, Libc.O_RDWR);
  }

  private OpenFile openExisting(String name, int access) throws IOException {
    OpenFile file = open(name, access | OPEN_FILE, 0);
    try {
      if (file.stat().type() != FileStat.Type.FILE) {
        throw new FileSystemException(at(name), null, "not a regular file");
      }
      return file;
    } catch (IOException e) {
      file.close();
      throw e;
    }
  }

  @Override
  public OpenFile create(String name, int mode) throws IOException {
    return open(name, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL | OPEN_FILE, mode);
  }

  private OpenFile open(String name, int flags, int mode) throws IOException {
    Names.component(name);
    int fd = use();
    try (Scratch s = Scratch.take()) {
      int opened = Libc.openBeneath(s, fd, s.name(name), flags, mode);
      Failure.check(s, opened, at(name), "open");
      return new LinuxFile(new Descriptor(opened), at(name), null);
    } finally {
      descriptor.release();
    }
  }

  @Override
  public OpenFile createUnnamed(int mode) throws IOException {
    int fd = use();
    try (Scratch s = Scratch.take()) {
      int flags = Libc.O_TMPFILE | Libc.O_RDWR | Libc.O_CLOEXEC;
      int opened = Libc.openat(s, fd, s.name("."), flags, mode);
      if (opened == -Libc.EOPNOTSUPP || opened == -Libc.EISDIR || opened == -Libc.EINVAL) {
        return createTemporary(mode);
      }
      Failure.check(s, opened, path, "make a file in");
      return new LinuxFile(new Descriptor(opened), path + "/(unnamed)", null);
    } finally {
      descriptor.release();
    }
  }

  /** The way for filesystems without O_TMPFILE. */
  OpenFile createTemporary(int mode) throws IOException {
    byte[] random = new byte[8];
    TEMPORARY_NAMES.nextBytes(random);
    String name = TEMPORARY_PREFIX + HexFormat.of().formatHex(random);
    Directory home = openDirectory("");
    try (Scratch s = Scratch.take()) {
      int fd = use();
      try {
        int flags = Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL | OPEN_FILE;
        int opened = Libc.openBeneath(s, fd, s.name(name), flags, mode);
        Failure.check(s, opened, at(name), "open");
        return new LinuxFile(
            new Descriptor(opened), at(name), new LinuxFile.TemporaryName(home, name));
      } finally {
        descriptor.release();
      }
    } catch (IOException e) {
      home.close();
      throw e;
    }
  }

  @Override
  public boolean link(OpenFile unnamed, String name) throws IOException {
    Names.component(name);
    LinuxFile file = (LinuxFile) unnamed;
    LinuxFile.TemporaryName temporary = file.temporaryName();
    if (temporary != null) {
      if (!temporary.home().rename(temporary.name(), this, name)) {
        return false;
      }
      file.nameGone();
      return true;
    }
    int fd = use();
    try (Scratch s = Scratch.take()) {
      return file.linkInto(s, fd, s.otherName(name), at(name));
    } finally {
      descriptor.release();
    }
  }

  @Override
  public boolean rename(String name, Directory target, String newName) throws IOException {
    int result = rename(name, target, newName, Libc.RENAME_NOREPLACE);
    return result != -Libc.EEXIST;
  }

  @Override
  public void replace(String name, String newName) throws IOException {
    int _ = rename(name, this, newName, 0);
  }

  @Override
  public void exchange(String name, Directory target, String otherName) throws IOException {
    int _ = rename(name, target, otherName, Libc.RENAME_EXCHANGE);
  }

  private int rename(String name, Directory target, String newName, int flags) throws IOException {
    Names.component(name);
    Names.component(newName);
    LinuxDirectory other = (LinuxDirectory) target;
    int fd = use();
    try (Scratch s = Scratch.take()) {
      int otherFd = other.use();
      try {
        int result = Libc.renameat2(s, fd, s.name(name), otherFd, s.otherName(newName), flags);
        if (result == -Libc.EEXIST && flags == Libc.RENAME_NOREPLACE) {
          return result;
        }
        Failure.check(s, result, at(name), "rename to " + other.at(newName));
        return result;
      } finally {
        other.descriptor.release();
      }
    } finally {
      descriptor.release();
    }
  }

  @Override
  public void unlink(String name) throws IOException {
    Names.component(name);
    int fd = use();
    try (Scratch s = Scratch.take()) {
      int result = Libc.unlinkat(s, fd, s.name(name), 0);
      if (result != -Libc.ENOENT) {
        Failure.check(s, result, at(name), "remove");
      }
    } finally {
      descriptor.release();
    }
  }

  @Override
  public boolean makeDirectory(String name, int mode) throws IOException {
    Names.component(name);
    int fd = use();
    try (Scratch s = Scratch.take()) {
      int result = Libc.mkdirat(s, fd, s.name(name), mode);
      if (result == -Libc.EEXIST) {
        return false;
      }
      Failure.check(s, result, at(name), "make the directory");
      return true;
    } finally {
      descriptor.release();
    }
  }

  @Override
  public boolean removeDirectory(String name) throws IOException {
    Names.component(name);
    int fd = use();
    try (Scratch s = Scratch.take()) {
      int result = Libc.unlinkat(s, fd, s.name(name), Libc.AT_REMOVEDIR);
      if (result == -Libc.ENOTEMPTY || result == -Libc.EEXIST) {
        return false;
      }
      Failure.check(s, result, at(name), "remove the directory");
      return true;
    } finally {
      descriptor.release();
    }
  }

  @Override
  public void sync() throws IOException {
    int fd = use();
    try (Scratch s = Scratch.take()) {
      Failure.check(s, Libc.fsync(s, fd), path, "make durable the names in");
    } finally {
      descriptor.release();
    }
  }

  @Override
  public void syncFilesystem() throws IOException {
    int fd = use();
    try (Scratch s = Scratch.take()) {
      Failure.check(s, Libc.syncfs(s, fd), path, "make durable the filesystem of");
    } finally {
      descriptor.release();
    }
  }

  @Override
  public void close() {
    descriptor.close();
  }

  @Override
  public String toString() {
    return path;
  }

  private int use() throws IOException {
    return descriptor.use();
  }

  private String at(String name) {
    return path + "/" + name;
  }
}
