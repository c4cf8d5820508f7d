package dotf.agent.folder;

import static java.nio.charset.StandardCharsets.UTF_8;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.MemoryDisk;
import dotf.chunker.disk.MemoryDisk.Fate;
import dotf.chunker.disk.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** A world whose disk can lose what was not synced. */
final class MemoryWorld extends World {
  private static final Path ROOT = Path.of("/memory/folder");
  private static final Path HOME = Path.of("/memory/journal");

  final MemoryDisk memory;

  MemoryWorld() {
    this(new MemoryDisk());
  }

  private MemoryWorld(MemoryDisk memory) {
    super(memory, ROOT, HOME);
    this.memory = memory;
    memory.makeDirectories(ROOT);
    memory.makeDirectories(HOME);
  }

  private MemoryWorld(MemoryDisk memory, World other) {
    super(memory, other);
    this.memory = memory;
  }

  /** What the next start finds when power is lost now. */
  MemoryWorld afterPowerLoss(IntFunction<Fate> fates) {
    return new MemoryWorld(memory.afterPowerLoss(fates), this);
  }

  /** All that was done is on the medium. */
  void rest() throws IOException {
    try (Directory directory = memory.open(ROOT)) {
      directory.syncFilesystem();
    }
  }

  @Override
  void write(String name, String content) throws IOException {
    int slash = name.lastIndexOf('/');
    try (Directory top = memory.open(ROOT)) {
      if (slash > 0 && name.indexOf('/') == slash) {
        boolean _ = top.makeDirectory(name.substring(0, slash), 0755);
      }
      try (Directory directory = top.openDirectory(name.substring(0, Math.max(0, slash)))) {
        String entry = name.substring(slash + 1);
        boolean there = directory.stat(entry) != null;
        try (OpenFile file = there ? directory.openWrite(entry) : directory.create(entry, 0644)) {
          file.truncate(0);
          file.write(UTF_8.encode(content), 0);
        }
      }
    }
  }

  @Override
  SortedMap<String, byte[]> files() throws IOException {
    SortedMap<String, byte[]> found = new TreeMap<>();
    try (Directory top = memory.open(ROOT)) {
      collect(top, "", found);
    }
    return found;
  }

  private static void collect(Directory directory, String path, SortedMap<String, byte[]> found)
      throws IOException {
    for (Directory.Entry entry : directory.list()) {
      if (entry.type() == FileStat.Type.DIRECTORY) {
        try (Directory below = directory.openDirectory(entry.name())) {
          collect(below, path + entry.name() + "/", found);
        }
      } else {
        try (OpenFile file = directory.openRead(entry.name())) {
          ByteBuffer bytes = ByteBuffer.allocate((int) file.stat().size());
          int _ = file.read(bytes, 0);
          found.put(path + entry.name(), bytes.array());
        }
      }
    }
  }
}
