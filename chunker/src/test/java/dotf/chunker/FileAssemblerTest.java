package dotf.chunker;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.chunker.block.BlockSource;
import dotf.chunker.block.MemoryBlocks;
import dotf.chunker.manifest.StoredFile;
import dotf.fixtures.Payloads;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Blocks that come slowly, or for many files at once. */
@Timeout(60)
class FileAssemblerTest {
  private static final int FILE_BYTES = 12 << 20;

  private final ExecutorService workers = Executors.newFixedThreadPool(2);
  private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
  private final FileSplitter splitter = new FileSplitter(Vault.KEYS, Vault.CODEC, workers);
  private final FileAssembler assembler = new FileAssembler(Vault.KEYS, Vault.CODEC, workers);
  private final MemoryBlocks blocks = new MemoryBlocks();
  private final CountDownLatch arrive = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();
  private final byte[] content = Payloads.noise(1, FILE_BYTES);
  private StoredFile file;

  @BeforeEach
  void store() throws IOException {
    file = splitter.split(Vault.reader(content), Vault.METADATA, blocks, Checkpoint.NONE);
    blocks.commit();
  }

  @AfterEach
  void stop() {
    arrive.countDown();
    callers.close();
    workers.close();
  }

  /** Blocks that do not come before they are let. */
  private final BlockSource slow =
      address -> {
        asked.incrementAndGet();
        try {
          arrive.await();
        } catch (InterruptedException e) {
          throw new InterruptedIOException();
        }
        return blocks.read(address);
      };

  private byte[] assemble(BlockSource source, Checkpoint check) throws IOException {
    byte[] restored = new byte[FILE_BYTES];
    assembler.assemble(file.manifest(), source, Vault.writer(restored), check);
    return restored;
  }

  @Test
  void whileBlocksDoNotCome_othersAreSplitAndPutTogether() throws Exception {
    Future<byte[]> waiting = callers.submit(() -> assemble(slow, Checkpoint.NONE));
    eventually("all that may be are asked for", () -> asked.get() == 8);
    byte[] other = Payloads.noise(2, FILE_BYTES);
    StoredFile split =
        callers
            .submit(
                () -> splitter.split(Vault.reader(other), Vault.METADATA, blocks, Checkpoint.NONE))
            .get(30, TimeUnit.SECONDS);
    assertThat(split.size()).isEqualTo(FILE_BYTES);
    assertThat(callers.submit(() -> assemble(blocks, Checkpoint.NONE)).get(30, TimeUnit.SECONDS))
        .isEqualTo(content);
    arrive.countDown();
    assertThat(waiting.get(30, TimeUnit.SECONDS)).isEqualTo(content);
  }

  @Test
  void manyFilesAtOnce_shareABoundOfMemory_andAllComeThrough() throws Exception {
    int files = 12;
    List<Future<byte[]>> restored = new ArrayList<>();
    for (int i = 0; i < files; i++) {
      restored.add(callers.submit(() -> assemble(slow, Checkpoint.NONE)));
    }
    eventually("each has asked", () -> asked.get() >= FileAssembler.CHUNKS + 1);
    arrive.countDown();
    for (Future<byte[]> one : restored) {
      assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo(content);
    }
    assertThat(assembler.mostChunks())
        .isBetween(FileAssembler.CHUNKS, FileAssembler.CHUNKS + files);
    assertThat(assembler.chunksNow()).isZero();
  }

  @Test
  void abandonedWhileWaiting_endsAtOnce_andGivesItsRoomBack() {
    AtomicBoolean enough = new AtomicBoolean();
    Future<byte[]> waiting =
        callers.submit(
            () ->
                assemble(
                    slow,
                    () -> {
                      if (enough.get()) {
                        throw new IOException("enough");
                      }
                    }));
    eventually("it waits", () -> asked.get() == 8);
    enough.set(true);
    assertThatThrownBy(() -> waiting.get(30, TimeUnit.SECONDS)).hasMessageContaining("enough");
    assertThat(assembler.chunksNow()).isZero();
  }
}
