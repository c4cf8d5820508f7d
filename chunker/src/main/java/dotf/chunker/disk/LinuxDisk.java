package dotf.chunker.disk;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.nio.file.Path;

/** The disk of this machine, through the calls of Linux that Java lacks. Needs Linux 5.6. */
public final class LinuxDisk implements Disk {
  /**
   * Checks that this is a system whose calls are known.
   *
   * @throws IOException on any system but Linux on x86-64 or aarch64
   */
  public LinuxDisk() throws IOException {
    String system = System.getProperty("os.name", "");
    String machine = System.getProperty("os.arch", "");
    if (!system.equals("Linux") || !(machine.equals("amd64") || machine.equals("aarch64"))) {
      throw new IOException(
          "dotf replaces files only on Linux (x86-64, aarch64), where it can prove that nobody is"
              + " writing to them; this is "
              + system
              + " on "
              + machine);
    }
  }

  @Override
  public Directory open(Path directory) throws IOException {
    String path = directory.toAbsolutePath().toString();
    try (Scratch s = Scratch.take()) {
      int flags = Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC;
      int fd = Libc.openat(s, Libc.AT_FDCWD, s.name(path), flags, 0);
      Failure.check(s, fd, path, "open the directory");
      return new LinuxDirectory(new Descriptor(fd), path);
    }
  }

  @Override
  public Space space(Path path) throws IOException {
    String name = path.toAbsolutePath().toString();
    try (Scratch s = Scratch.take()) {
      Failure.check(s, Libc.statfs(s, s.name(name)), name, "read the free space of");
      long fragment = s.struct.get(JAVA_LONG, 72);
      long unit = fragment == 0 ? s.struct.get(JAVA_LONG, 8) : fragment;
      return new Space(
          Math.multiplyExact(unit, s.struct.get(JAVA_LONG, 16)),
          Math.multiplyExact(unit, s.struct.get(JAVA_LONG, 32)),
          s.struct.get(JAVA_LONG, 56));
    }
  }

  @Override
  public int user() {
    try (Scratch s = Scratch.take()) {
      return Libc.geteuid(s);
    }
  }
}
