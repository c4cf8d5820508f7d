package dotf.agent.folder;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.MemoryBlocks;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** What outlives a crash: the directories, the store, what the journal would know, and time. */
final class World implements Closeable {
  final Path root;
  final Path home;
  final MemoryBlocks blocks = new MemoryBlocks();
  final VaultKeys keys = VaultKeys.derive(VaultSecret.random(new Random(1)));
  final SimulatedTime time = new SimulatedTime(Instant.parse("2026-11-21T04:00:00Z"));
  final Map<String, FileId> ids = new HashMap<>();
  final Map<String, BlockAddress> versions = new HashMap<>();
  final ExecutorService workers = Executors.newFixedThreadPool(2);

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

  World(Path base) throws IOException {
    root = Files.createDirectories(base.resolve("folder"));
    home = Files.createDirectories(base.resolve("journal"));
  }

  @Override
  public void close() {
    workers.close();
  }
}
