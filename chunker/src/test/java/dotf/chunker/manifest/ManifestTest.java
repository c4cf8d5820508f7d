package dotf.chunker.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.Vault;
import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockKind;
import dotf.chunker.block.ChunkId;
import dotf.chunker.block.Hash;
import dotf.chunker.block.MemoryBlocks;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.codec.CutPoints;
import dotf.fixtures.Golden;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ManifestTest {
  private final ManifestCodec codec = new ManifestCodec(Vault.KEYS);
  private final ManifestReader reader = new ManifestReader(Vault.KEYS, Vault.CODEC);
  private final MemoryBlocks blocks = new MemoryBlocks();

  private static Hash hash(long number) {
    return new Hash(number, 2, 3, 4);
  }

  private static Content.Chunk chunk(long number, int length) {
    return new Content.Chunk(new ChunkId(hash(number)), new BlockAddress(hash(~number)), length);
  }

  private static FileMetadata metadata(Random random) {
    SortedMap<String, byte[]> attributes = new TreeMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      byte[] value = new byte[random.nextInt(50)];
      random.nextBytes(value);
      attributes.put("user.ключ" + i, value);
    }
    VersionVector version = VersionVector.NONE;
    for (int i = random.nextInt(5); i > 0; i--) {
      version = version.next(hash(random.nextInt(3)));
    }
    return new FileMetadata(
        FileId.random(random),
        version,
        random.nextBoolean() ? new BlockAddress(hash(random.nextLong())) : null,
        Instant.ofEpochSecond(random.nextLong() >> 20, random.nextInt(1_000_000_000)),
        random.nextInt(010000),
        attributes,
        "näme " + random.nextInt());
  }

  private static Manifest manifest(Random random) {
    List<Content.Chunk> chunks = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      chunks.add(chunk(random.nextLong(), 1 + random.nextInt(CutPoints.BYTES_MAX)));
    }
    Content content =
        switch (random.nextInt(3)) {
          case 0 -> new Content.Inline(ByteBuffer.wrap(new byte[random.nextInt(4096)]));
          case 1 -> new Content.Chunks(chunks);
          default ->
              new Content.Lists(
                  1 + random.nextInt(3),
                  List.of(
                      new Content.Part(new BlockAddress(hash(5)), 1L << 50),
                      new Content.Part(new BlockAddress(hash(6)), 1)));
        };
    return new Manifest(
        metadata(random), content.size(), new Digest(hash(random.nextLong())), content);
  }

  @Test
  void decode_whatEncodeWrote_isTheSame() throws IOException {
    Random random = Seed.random("manifests");
    for (int i = 0; i < 300; i++) {
      Manifest manifest = manifest(random);

      assertThat(codec.decode(codec.encode(manifest))).isEqualTo(manifest);
    }
  }

  @Test
  void decode_theGoldenManifest_isTheOneThatWasSealed() throws IOException {
    ByteBuffer sealed = ByteBuffer.wrap(Golden.bytes("manifest-1.hex"));

    ByteBuffer plain = Vault.CODEC.open(SealedBlock.of(sealed), BlockKind.MANIFEST);

    assertThat(codec.decode(plain)).isEqualTo(golden());
  }

  /** The manifest of the golden vector. */
  static Manifest golden() {
    VersionVector version = VersionVector.NONE.next(hash(1)).next(hash(2)).next(hash(1));
    FileMetadata metadata =
        FileMetadata.of(
            new FileId(1, 2),
            version,
            new BlockAddress(hash(9)),
            Instant.parse("1969-12-31T23:59:58.123456789Z"),
            0640,
            Map.of("user.b", new byte[] {1}, "user.a", new byte[0]),
            "Übung.txt");
    Content content = new Content.Chunks(List.of(chunk(7, 1_000_000), chunk(8, 1)));
    return new Manifest(metadata, 1_000_001, new Digest(hash(3)), content);
  }

  @Test
  void decode_aCutAnywhereOrMoreBytes_isRefused() throws IOException {
    Random random = Seed.random("cut manifests");
    for (int i = 0; i < 10; i++) {
      byte[] bytes = Vault.bytes(codec.encode(manifest(random)));
      for (int length = 0; length < bytes.length; length++) {
        ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length);
        assertThatThrownBy(() -> codec.decode(cut)).isInstanceOf(FormatException.class);
      }
      ByteBuffer longer = ByteBuffer.allocate(bytes.length + 1).put(bytes).rewind();
      assertThatThrownBy(() -> codec.decode(longer)).isInstanceOf(FormatException.class);
    }
  }

  @Test
  void decode_changedBytes_giveAManifestOrAReason() throws IOException {
    Random random = Seed.random("changed manifests");
    for (int i = 0; i < 1000; i++) {
      byte[] bytes = Vault.bytes(codec.encode(manifest(random)));
      for (int change = 0; change <= random.nextInt(3); change++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      try {
        codec.decode(ByteBuffer.wrap(bytes));
      } catch (FormatException e) {
        assertThat(e.getMessage()).isNotBlank();
      }
    }
  }

  @Test
  void encode_moreAttributesThanDotfKeeps_isRefusedByName() {
    FileMetadata greedy =
        FileMetadata.of(
            new FileId(1, 2),
            VersionVector.NONE,
            null,
            Instant.EPOCH,
            0,
            Map.of("user.a", new byte[FileMetadata.ATTRIBUTE_BYTES_MAX]),
            "greedy.bin");

    assertThatThrownBy(() -> new MetadataCodec(Vault.KEYS).encode(greedy))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("greedy.bin")
        .hasMessageContaining("512 KiB");
  }

  @Test
  void encode_theLongestListAndTheMostMetadata_fitInABlock() throws IOException {
    List<Content.Chunk> chunks = new ArrayList<>();
    for (int i = 0; i < Content.ENTRIES_MAX; i++) {
      chunks.add(chunk(i, 1));
    }
    VersionVector version = VersionVector.NONE;
    for (int i = 0; i < VersionVector.DEVICES_MAX; i++) {
      version = version.next(hash(i));
    }
    FileMetadata metadata =
        FileMetadata.of(
            new FileId(1, 2),
            version,
            null,
            Instant.MAX,
            07777,
            Map.of("u", new byte[FileMetadata.ATTRIBUTE_BYTES_MAX - 1]),
            "n".repeat(FileMetadata.NAME_BYTES_MAX));
    Content content = new Content.Chunks(chunks);
    Manifest manifest = new Manifest(metadata, content.size(), new Digest(hash(1)), content);

    SealedBlock sealed = Vault.CODEC.seal(BlockKind.MANIFEST, codec.encode(manifest));

    assertThat(codec.decode(Vault.CODEC.open(sealed, BlockKind.MANIFEST))).isEqualTo(manifest);
  }

  @Test
  void chunks_listsOfEveryLevel_areWalkedInOrderFromAnywhere() throws IOException {
    Random random = Seed.random("levels");
    for (int count : new int[] {0, 1, 3, 4, 9, 10, 27, 28, 81}) {
      List<Content.Chunk> chunks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        chunks.add(chunk(i, 1 + random.nextInt(1000)));
      }
      StoredFile file = write(chunks, 3);
      assertThat(file.manifest().level()).isLessThanOrEqualTo(3);
      assertThat(reader.read(file.address(), blocks)).isEqualTo(file);

      for (long from = 0; from < file.size(); from += 1 + random.nextLong(file.size() / 6 + 1)) {
        assertThat(walk(file, from)).isEqualTo(rest(chunks, from));
      }
      assertThat(walk(file, file.size())).isEmpty();
    }
  }

  private StoredFile write(List<Content.Chunk> chunks, int entriesMax) throws IOException {
    ManifestWriter writer = new ManifestWriter(Vault.KEYS, codec, Vault.CODEC, blocks, entriesMax);
    for (Content.Chunk chunk : chunks) {
      writer.add(chunk);
    }
    StoredFile file = writer.finish(Vault.METADATA);
    blocks.commit();
    return file;
  }

  private List<ChunkCursor.At> walk(StoredFile file, long from) throws IOException {
    List<ChunkCursor.At> walked = new ArrayList<>();
    ChunkCursor cursor = reader.chunks(file.manifest(), blocks, from);
    for (var at = cursor.next(); at != null; at = cursor.next()) {
      walked.add(at);
    }
    return walked;
  }

  private static List<ChunkCursor.At> rest(List<Content.Chunk> chunks, long from) {
    List<ChunkCursor.At> rest = new ArrayList<>();
    long offset = 0;
    for (Content.Chunk chunk : chunks) {
      if (offset + chunk.length() > from) {
        rest.add(new ChunkCursor.At(chunk, offset));
      }
      offset += chunk.length();
    }
    return rest;
  }

  @Test
  void write_moreChunksThanOneListHolds_addsALevel() throws IOException {
    List<Content.Chunk> chunks = new ArrayList<>();
    for (int i = 0; i <= Content.ENTRIES_MAX; i++) {
      chunks.add(chunk(i, 1));
    }
    StoredFile file = write(chunks, Content.ENTRIES_MAX);

    assertThat(file.manifest().level()).isEqualTo(1);
    assertThat(walk(file, 0)).hasSize(chunks.size());
    assertThat(write(chunks.subList(1, chunks.size()), Content.ENTRIES_MAX).manifest().level())
        .isZero();
  }

  @Test
  void blocks_visitsManifestListsAndChunks() throws IOException {
    List<Content.Chunk> chunks = new ArrayList<>();
    for (int i = 0; i < 28; i++) {
      chunks.add(chunk(i, 1));
    }
    StoredFile file = write(chunks, 3);
    Set<BlockAddress> expected = new HashSet<>(blocks.addresses());
    chunks.forEach(chunk -> expected.add(chunk.address()));

    Set<BlockAddress> visited = new HashSet<>();
    reader.blocks(file, blocks, visited::add);

    assertThat(visited).isEqualTo(expected);
  }

  @Test
  void read_aBlockThatIsNoManifest_isCorrupt() throws IOException {
    SealedBlock list =
        Vault.CODEC.seal(
            BlockKind.MANIFEST, ManifestCodec.encodeList(new Content.Chunks(List.of())));
    SealedBlock chunk = Vault.CODEC.seal(BlockKind.CHUNK, ByteBuffer.allocate(9));
    for (SealedBlock block : List.of(list, chunk)) {
      blocks.put(block, null);
      blocks.commit();
      assertThatThrownBy(() -> reader.read(block.address(), blocks))
          .isInstanceOf(BlockCorruptException.class);
    }
  }

  @Test
  void next_aListOfAnotherLevelOrSize_isCorrupt() throws IOException {
    Content chunks = new Content.Chunks(List.of(chunk(1, 10)));
    SealedBlock list = Vault.CODEC.seal(BlockKind.MANIFEST, ManifestCodec.encodeList(chunks));
    blocks.put(list, null);
    blocks.commit();
    Content wrongSize = new Content.Lists(1, List.of(new Content.Part(list.address(), 11)));
    Content wrongLevel = new Content.Lists(2, List.of(new Content.Part(list.address(), 10)));
    for (Content content : List.of(wrongSize, wrongLevel)) {
      Manifest manifest =
          new Manifest(Vault.METADATA, content.size(), new Digest(hash(1)), content);
      assertThatThrownBy(() -> reader.chunks(manifest, blocks, 0).next())
          .isInstanceOf(BlockCorruptException.class);
    }
  }
}
