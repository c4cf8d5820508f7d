package dotf.dht.store;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.ChunkId;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.disk.Disk;
import dotf.chunker.disk.LinuxDisk;
import dotf.fixtures.Payloads;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Stores and blocks for tests. */
final class TestStore {
  /** Segments of a few records, so that sealing and the index are part of every test. */
  static final StoreSettings SMALL = new StoreSettings(1L << 40, 1L << 40, 256 << 10, 20, 16 << 10);

  private TestStore() {}

  static SealedBlock block(long seed, int length) {
    ByteBuffer bytes = ByteBuffer.wrap(Payloads.noise(seed, length));
    return new SealedBlock(BlockAddress.ofSealed(bytes), bytes);
  }

  static ChunkId chunk(long seed) {
    return ChunkId.of(Payloads.noise(~seed, ChunkId.BYTES));
  }

  static byte[] owner(long seed) {
    return Payloads.noise(seed + 1_000_000, Id.BYTES);
  }

  static BlockStore open(Path directory) throws IOException {
    return open(directory, SMALL);
  }

  static BlockStore open(Path directory, StoreSettings settings) throws IOException {
    return open(new LinuxDisk(), directory, settings);
  }

  static BlockStore open(Disk disk, Path directory, StoreSettings settings) throws IOException {
    return BlockStore.open(disk, directory, settings, new Random(1), health -> {});
  }

  static List<Problem> problems(BlockStore store) throws IOException {
    List<Problem> problems = new ArrayList<>();
    store.verify(true, problems::add);
    return problems;
  }

  /** The directory as a kill at this moment would leave it. */
  static Path copy(Path directory, Path target) throws IOException {
    Files.createDirectories(target);
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        if (Files.isRegularFile(file)) {
          copyFile(file, target.resolve(file.getFileName()));
        }
      }
    }
    return target;
  }

  /** Temporary files come and go while a store is open. */
  private static void copyFile(Path file, Path target) throws IOException {
    try {
      Files.copy(file, target);
    } catch (NoSuchFileException e) {
      assertThat(file.toString()).doesNotEndWith(".seg");
    }
  }

  /** The index file, or null. */
  static @Nullable Path index(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".db")).findFirst().orElse(null);
    }
  }

  static Path segment(Path directory, int number) {
    return directory.resolve(SegmentHeader.name(number));
  }

  static void flip(Path file, long bit) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) (bit >>> 3)] ^= (byte) (1 << (bit & 7));
    Files.write(file, bytes);
  }
}
