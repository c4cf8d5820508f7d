package dotf.chunker;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.chunker.block.MemoryBlocks;
import dotf.chunker.manifest.StoredFile;
import dotf.fixtures.Payloads;
import dotf.fixtures.Seed;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
    for (int round = 0; round < 12; round++) {
      byte[] content = mixed(random, random.nextInt(3 << 20));
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
}
