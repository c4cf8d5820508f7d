package dotf.chunker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockMissingException;
import dotf.chunker.block.BlockSink;
import dotf.chunker.block.ChunkId;
import dotf.chunker.block.MemoryBlocks;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.manifest.Content;
import dotf.chunker.manifest.Manifest;
import dotf.chunker.manifest.ManifestReader;
import dotf.chunker.manifest.StoredFile;
import dotf.chunker.stub.Stub;
import dotf.chunker.stub.StubCodec;
import dotf.chunker.stub.StubReading;
import dotf.fixtures.Eventually;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Splitting and putting together again, with everything between. */
class FileSplitterTest {
  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private final FileSplitter splitter = new FileSplitter(Vault.KEYS, Vault.CODEC, workers);
  private final FileAssembler assembler = new FileAssembler(Vault.KEYS, Vault.CODEC, workers);
  private final MemoryBlocks blocks = new MemoryBlocks();

  @AfterEach
  void stopWorkers() {
    workers.close();
  }

  private StoredFile split(byte[] content) throws IOException {
    StoredFile file =
        splitter.split(Vault.reader(content), Vault.METADATA, blocks, Checkpoint.NONE);
    blocks.commit();
    return file;
  }

  private byte[] assemble(StoredFile file) throws IOException {
    byte[] content = new byte[(int) file.size()];
    assembler.assemble(file.manifest(), blocks, Vault.writer(content), Checkpoint.NONE);
    return content;
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, 1, 4095, 4096, 131_071, 131_072, 131_073, 1_044_479, 1_044_480, 1_044_481, 5_000_000
      })
  void splitAndAssemble_sizesAtTheBounds_giveTheSameBytes(int size) throws IOException {
    for (byte[] content : List.of(Payloads.noise(size, size), Payloads.text(size, size))) {
      StoredFile file = split(content);

      assertThat(assemble(file)).isEqualTo(content);
      assertThat(file.size()).isEqualTo(size);
      assembler.verify(file, blocks, Checkpoint.NONE);
    }
  }

  @Test
  void splitAndAssemble_randomContentsAndEdits_giveTheSameBytes() throws IOException {
    Random random = Seed.random("split and assemble");
    for (int round = 0; round < 4; round++) {
      byte[] content = mixed(random, random.nextInt(2 << 20));
      for (int edit = 0; edit < 3; edit++) {
        StoredFile file = split(content);
        assertThat(assemble(file)).isEqualTo(content);
        assertThat(splitter.matches(Vault.reader(content), file.manifest(), Checkpoint.NONE))
            .isTrue();
        content =
            Payloads.insert(
                content, random.nextInt(content.length + 1), mixed(random, random.nextInt(5000)));
        assertThat(splitter.matches(Vault.reader(content), file.manifest(), Checkpoint.NONE))
            .isEqualTo(content.length == file.size());
      }
    }
  }

  private static byte[] mixed(Random random, int size) {
    byte[] content = new byte[size];
    for (int at = 0; at < size; ) {
      int length = Math.min(size - at, 1 + random.nextInt(300_000));
      byte[] piece =
          switch (random.nextInt(3)) {
            case 0 -> new byte[length];
            case 1 -> Payloads.noise(random.nextLong(), length);
            default -> Payloads.text(random.nextLong(), length);
          };
      System.arraycopy(piece, 0, content, at, length);
      at += length;
    }
    return content;
  }

  @Test
  void split_readsThatComeShort_changeNothing() throws IOException {
    Random random = Seed.random("short reads");
    byte[] content = mixed(random, 3_000_000);
    ContentReader whole = Vault.reader(content);
    ContentReader inPieces =
        (into, position) -> {
          int length = Math.min(into.remaining(), 1 + random.nextInt(90_000));
          int read = whole.read(into.slice(into.position(), length), position);
          into.position(into.position() + read);
          return read;
        };

    StoredFile file = split(content);
    StoredFile again = splitter.split(inPieces, Vault.METADATA, blocks, Checkpoint.NONE);

    assertThat(again.manifest()).isEqualTo(file.manifest());
    assertThat(splitter.digest(inPieces, Checkpoint.NONE)).isEqualTo(file.digest());
  }

  @Test
  void split_contentThatIsKnown_isNotSealedAgain() throws IOException {
    byte[] content = Payloads.noise(1, 6 << 20);
    split(content);
    int before = blocks.addresses().size();

    split(content);
    assertThat(blocks.addresses()).hasSize(before + 1);

    split(Payloads.insert(content, 3 << 20, new byte[] {1}));
    assertThat(blocks.addresses()).hasSizeBetween(before + 3, before + 8);
  }

  @Test
  void split_whatIsNotCommitted_isNotThere() throws IOException {
    StoredFile file =
        splitter.split(Vault.reader(new byte[200_000]), Vault.METADATA, blocks, Checkpoint.NONE);
    blocks.crash();

    assertThatThrownBy(() -> assembler.verify(file, blocks, Checkpoint.NONE))
        .isInstanceOf(BlockMissingException.class);
  }

  @Test
  void split_aBrokenLease_abandonsTheWorkAndReturnsItsMemory() throws IOException {
    byte[] content = Payloads.noise(2, 8 << 20);
    for (int allowed = 0; allowed < 12; allowed++) {
      Checkpoint breaks = Vault.failsAfter(allowed);
      assertThatThrownBy(
              () -> splitter.split(Vault.reader(content), Vault.METADATA, blocks, breaks))
          .hasMessage("the lease was broken");
    }
    workers.close();
    assertThat(splitter.buffers().inUse()).isZero();
  }

  @Test
  void split_whileTheSinkWaitsForItsDisk_theCheckpointIsAskedAllTheSame() throws IOException {
    AtomicInteger checks = new AtomicInteger();
    BlockSink slow =
        new BlockSink() {
          @Override
          public @Nullable BlockAddress find(ChunkId id) {
            return null;
          }

          @Override
          public void put(SealedBlock block, @Nullable ChunkId id) {
            int before = checks.get();
            if (id != null) {
              Eventually.eventually("checked while putting", () -> checks.get() > before + 1);
            }
          }

          @Override
          public void commit() {}
        };
    byte[] content = Payloads.noise(3, 3 << 20);

    splitter.split(Vault.reader(content), Vault.METADATA, slow, checks::incrementAndGet);

    assertThat(checks.get()).isPositive();
  }

  @Test
  void split_aSinkThatIsFull_failsWithItsReason() {
    BlockSink full =
        new BlockSink() {
          @Override
          public @Nullable BlockAddress find(ChunkId id) {
            return null;
          }

          @Override
          public void put(SealedBlock block, @Nullable ChunkId id) throws IOException {
            throw new IOException("the store is full");
          }

          @Override
          public void commit() {}
        };
    for (int size : new int[] {10, 100_000, 4 << 20}) {
      byte[] content = Payloads.noise(4, size);
      assertThatThrownBy(
              () -> splitter.split(Vault.reader(content), Vault.METADATA, full, Checkpoint.NONE))
          .hasMessage("the store is full");
    }
  }

  @Test
  void split_anInterruptedThread_stopsAndStaysInterrupted() {
    byte[] content = Payloads.noise(5, 4 << 20);
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> split(content)).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void split_oneThreadForEverything_worksToo() throws IOException {
    byte[] content = Payloads.noise(6, 4 << 20);
    FileSplitter alone = new FileSplitter(Vault.KEYS, Vault.CODEC, Runnable::run);

    StoredFile file = alone.split(Vault.reader(content), Vault.METADATA, blocks, Checkpoint.NONE);
    blocks.commit();

    assertThat(assemble(file)).isEqualTo(content);
  }

  @Test
  void split_manyFilesAtOnce_eachComesBack() throws Exception {
    List<byte[]> contents = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      contents.add(Payloads.noise(i, 1_500_000));
    }
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<StoredFile>> files = new ArrayList<>();
      for (byte[] content : contents) {
        files.add(callers.submit(() -> split(content)));
      }
      for (int i = 0; i < contents.size(); i++) {
        assertThat(assemble(files.get(i).get())).isEqualTo(contents.get(i));
      }
    }
    assertThat(splitter.buffers().inUse()).isZero();
  }

  @Test
  void split_aLongFile_neverHasMoreInMemoryThanAShortOne() throws IOException {
    long size = Seed.longCampaign() ? 2L << 30 : 64 << 20;
    byte[] noise = Payloads.noise(7, 1 << 20);
    AtomicLong read = new AtomicLong();
    AtomicLong done = new AtomicLong();
    AtomicLong most = new AtomicLong();
    ContentReader generated =
        (into, position) -> {
          int length = (int) Math.min(into.remaining(), size - position);
          for (int at = 0; at < length; ) {
            int offset = (int) ((position + at) % noise.length);
            int run = Math.min(length - at, noise.length - offset);
            into.put(noise, offset, run);
            at += run;
          }
          read.accumulateAndGet(position + length, Math::max);
          most.accumulateAndGet(read.get() - done.get(), Math::max);
          return length;
        };
    BlockSink counting =
        new BlockSink() {
          @Override
          public @Nullable BlockAddress find(ChunkId id) {
            return null;
          }

          @Override
          public void put(SealedBlock block, @Nullable ChunkId id) {
            done.addAndGet(block.size());
          }

          @Override
          public void commit() {}
        };

    StoredFile file = splitter.split(generated, Vault.METADATA, counting, Checkpoint.NONE);

    assertThat(file.size()).isEqualTo(size);
    assertThat(done.get()).isBetween(size, size + size / 20);
    // Eight results at most wait in order, and one chunk is being read.
    assertThat(most.get()).isLessThanOrEqualTo(10L << 20);
    assertThat(splitter.buffers().mostInUse()).isLessThanOrEqualTo(6);
  }

  @Test
  void assemble_anyRange_givesExactlyThoseBytesAtTheirPlace() throws IOException {
    Random random = Seed.random("ranges");
    byte[] content = mixed(random, 3_000_000);
    StoredFile large = split(content);
    StoredFile small = split(Arrays.copyOf(content, 1000));
    for (int round = 0; round < 24; round++) {
      StoredFile file = round % 4 == 0 ? small : large;
      int from = random.nextInt((int) file.size() + 1);
      int to = from + random.nextInt((int) file.size() - from + 1);
      byte[] expected = new byte[(int) file.size()];
      System.arraycopy(content, from, expected, from, to - from);
      byte[] actual = new byte[expected.length];

      assembler.assemble(file.manifest(), blocks, from, to, Vault.writer(actual), Checkpoint.NONE);

      assertThat(actual).isEqualTo(expected);
    }
    assertThatThrownBy(
            () ->
                assembler.assemble(
                    small.manifest(), blocks, 0, 1001, (from, at) -> {}, Checkpoint.NONE))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void verify_aBlockThatIsDamagedOrLost_isReported() throws IOException {
    Random random = Seed.random("damaged blocks");
    byte[] content = Payloads.noise(8, 2_500_000);
    StoredFile file = split(content);
    List<BlockAddress> addresses = new ArrayList<>();
    new ManifestReader(Vault.KEYS, Vault.CODEC).blocks(file, blocks, addresses::add);
    for (BlockAddress address : addresses) {
      int bit = random.nextInt(blocks.read(address).size() * 8);
      blocks.flip(address, bit);
      assertThatThrownBy(() -> assembler.verify(file, blocks, Checkpoint.NONE))
          .isInstanceOf(BlockCorruptException.class);
      blocks.flip(address, bit);
    }
    assembler.verify(file, blocks, Checkpoint.NONE);
    blocks.remove(addresses.getLast());
    assertThatThrownBy(() -> assembler.verify(file, blocks, Checkpoint.NONE))
        .isInstanceOf(BlockMissingException.class);
  }

  @Test
  void assemble_chunksInAnotherOrderOrFewer_areNotTheContent() throws IOException {
    Manifest manifest = split(Payloads.noise(9, 3_000_000)).manifest();
    List<Content.Chunk> chunks = new ArrayList<>(((Content.Chunks) manifest.content()).chunks());
    Collections.swap(chunks, 0, 1);
    Manifest swapped = with(manifest, chunks);
    chunks.removeFirst();

    for (Manifest forged : List.of(swapped, with(manifest, chunks))) {
      assertThatThrownBy(
              () -> assembler.assemble(forged, blocks, (from, at) -> {}, Checkpoint.NONE))
          .hasMessageContaining("not the content");
    }
  }

  private static Manifest with(Manifest manifest, List<Content.Chunk> chunks) {
    Content content = new Content.Chunks(chunks);
    return new Manifest(manifest.metadata(), content.size(), manifest.digest(), content);
  }

  @Test
  void verify_anotherManifestAtTheAddress_isCorrupt() throws IOException {
    StoredFile one = split(Payloads.noise(10, 100_000));
    StoredFile other = split(Payloads.noise(11, 100_000));
    StoredFile mixedUp = new StoredFile(one.manifest(), other.address());

    assertThatThrownBy(() -> assembler.verify(mixedUp, blocks, Checkpoint.NONE))
        .isInstanceOf(BlockCorruptException.class);
  }

  @Test
  void stub_withoutItsManifestBlock_restoresTheFile() throws IOException {
    byte[] content = mixed(Seed.random("stubs"), 3_000_000);
    StoredFile file = split(content);
    StubCodec stubs = new StubCodec(Vault.KEYS);
    byte[] bytes = stubs.encode(Stub.of(file));
    blocks.remove(file.address());

    Stub stub = ((StubReading.Authentic) stubs.read(ByteBuffer.wrap(bytes))).stub();
    Manifest manifest = Objects.requireNonNull(stub.toManifest());
    byte[] restored = new byte[content.length];
    assembler.assemble(manifest, blocks, Vault.writer(restored), Checkpoint.NONE);

    assertThat(restored).isEqualTo(content);
    assertThat(manifest).isEqualTo(file.manifest());
  }

  @Test
  void assemble_whenAbandoned_stops() throws IOException {
    StoredFile file = split(Payloads.noise(12, 6 << 20));

    assertThatThrownBy(
            () ->
                assembler.assemble(file.manifest(), blocks, (from, at) -> {}, Vault.failsAfter(3)))
        .hasMessage("the lease was broken");
  }
}
