package dotf.agent.folder;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.MemoryBlocks;
import dotf.chunker.disk.Disk;
import dotf.chunker.disk.LinuxDisk;
import dotf.chunker.key.VaultKeys;
import dotf.chunker.key.VaultSecret;
import dotf.chunker.manifest.FileId;
import dotf.fixtures.SimulatedTime;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/** What outlives a crash: the directories, the store, what the journal would know, and time. */
class World implements Closeable {
  final Disk disk;
  final Path root;
  final Path home;
  final MemoryBlocks blocks;
  final VaultKeys keys;
  final SimulatedTime time;
  final Map<String, FileId> ids;
  final Map<String, BlockAddress> versions;
  final ExecutorService workers;
  boolean unsound;
  final Permission permission =
      new Permission() {
        @Override
        public void toGoOn() {}

        @Override
        public void toRemove() throws UnsoundStoreException {
          if (unsound) {
            throw new UnsoundStoreException("the disk failed");
          }
        }
      };

  /** In directories that are made on the disk of this machine. */
  World(Path base) throws IOException {
    this(
        new LinuxDisk(),
        Files.createDirectories(base.resolve("folder")),
        Files.createDirectories(base.resolve("journal")));
  }

  World(Disk disk, Path root, Path home) {
    this.disk = disk;
    this.root = root;
    this.home = home;
    blocks = new MemoryBlocks();
    keys = VaultKeys.derive(VaultSecret.random(new Random(1)));
    time = new SimulatedTime(Instant.parse("2026-11-21T04:00:00Z"));
    ids = new HashMap<>();
    versions = new HashMap<>();
    workers = Executors.newFixedThreadPool(2);
  }

  /** Another disk; all else is shared. */
  World(Disk disk, World other) {
    this.disk = disk;
    root = other.root;
    home = other.home;
    blocks = other.blocks;
    keys = other.keys;
    time = other.time;
    ids = other.ids;
    versions = other.versions;
    workers = other.workers;
  }

  /** Writes a user's file. */
  void write(String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, content);
  }

  /** Every file of the folder by its path. */
  SortedMap<String, byte[]> files() throws IOException {
    SortedMap<String, byte[]> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        found.put(root.relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    return found;
  }

  @Override
  public void close() {
    workers.close();
  }
}
