package dotf.chunker;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockSink;
import dotf.chunker.block.BlockSource;
import dotf.chunker.block.ChunkId;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.manifest.StoredFile;
import dotf.fixtures.Payloads;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Prints MB/s of splitting, verifying and hashing again, by the clock and by the processor time
 * used (the figure to compare when the machine is busy). Arguments: MiB (256), rounds (3).
 */
final class Throughput {
  private Throughput() {}

  /** Keeps sealed blocks as they are; checks nothing, so that only the pipeline is measured. */
  private static final class Kept implements BlockSink, BlockSource {
    private final Map<BlockAddress, SealedBlock> blocks = new ConcurrentHashMap<>();

    @Override
    public @Nullable BlockAddress find(ChunkId id) {
      return null;
    }

    @Override
    public void put(SealedBlock block, @Nullable ChunkId id) {
      blocks.put(block.address(), block);
    }

    @Override
    public void commit() {}

    @Override
    public SealedBlock read(BlockAddress address) throws IOException {
      return SealedBlock.verified(address, Objects.requireNonNull(blocks.get(address)).bytes());
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  public static void main(String[] args) throws IOException {
    int bytes = (args.length > 0 ? Integer.parseInt(args[0]) : 256) << 20;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 3;
    measure("warm up", 60_000L << 10, Vault.CODEC::warmUp);
    Map<String, byte[]> contents =
        Map.of("text", Payloads.text(1, bytes), "noise", Payloads.noise(1, bytes));
    for (int round = 0; round < rounds; round++) {
      for (int threads = 1; threads <= 2; threads++) {
        try (ExecutorService workers = Executors.newFixedThreadPool(threads)) {
          for (Map.Entry<String, byte[]> content : contents.entrySet()) {
            String name = content.getKey() + ", " + threads + " worker(s), ";
            run(name, content.getValue(), threads == 1 ? Runnable::run : workers);
          }
        }
      }
    }
  }

  private static void run(String name, byte[] content, Executor workers) throws IOException {
    FileSplitter splitter = new FileSplitter(Vault.KEYS, Vault.CODEC, workers);
    FileAssembler assembler = new FileAssembler(Vault.KEYS, Vault.CODEC, workers);
    Kept kept = new Kept();
    StoredFile[] file = new StoredFile[1];
    measure(
        name + "split",
        content.length,
        () ->
            file[0] = splitter.split(Vault.reader(content), Vault.METADATA, kept, Checkpoint.NONE));
    measure(
        name + "verify", content.length, () -> assembler.verify(file[0], kept, Checkpoint.NONE));
    measure(
        name + "hash again",
        content.length,
        () -> splitter.digest(Vault.reader(content), Checkpoint.NONE));
  }

  private static void measure(String name, long bytes, Work work) throws IOException {
    long processorBefore = processorNanos();
    long before = System.nanoTime();
    work.run();
    double seconds = (System.nanoTime() - before) / 1e9;
    double processor = (processorNanos() - processorBefore) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%-32s %6.0f MB/s   %6.0f MB per second of processor%n",
        name,
        bytes / 1e6 / seconds,
        bytes / 1e6 / processor);
  }

  private static long processorNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
