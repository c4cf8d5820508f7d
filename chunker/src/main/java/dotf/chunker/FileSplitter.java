package dotf.chunker;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockKind;
import dotf.chunker.block.BlockSink;
import dotf.chunker.block.ChunkId;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.codec.BlockCodec;
import dotf.chunker.codec.CutPoints;
import dotf.chunker.key.VaultKeys;
import dotf.chunker.manifest.Content;
import dotf.chunker.manifest.Digest;
import dotf.chunker.manifest.FileMetadata;
import dotf.chunker.manifest.Manifest;
import dotf.chunker.manifest.ManifestCodec;
import dotf.chunker.manifest.ManifestWriter;
import dotf.chunker.manifest.StoredFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Streams a file into sealed blocks and a manifest. Whole chunks go to the workers; the reading
 * thread does one itself when they are behind. Memory: {@value #BUFFERS} MiB of buffers for all
 * files together and one more for each file beyond as many, besides up to 8 sealed blocks for each
 * file that wait for the sink. Safe for use by many threads, none of them a worker's.
 */
public final class FileSplitter {
  private static final int BUFFERS = 6;

  private final VaultKeys keys;
  private final BlockCodec codec;
  private final ManifestCodec manifests;
  private final CutPoints cuts;
  private final Executor workers;
  private final Buffers buffers = new Buffers(BUFFERS);

  /** {@code workers} runs whole chunks: as many threads as there are cores. */
  public FileSplitter(VaultKeys keys, BlockCodec codec, Executor workers) {
    this.keys = keys;
    this.codec = codec;
    this.workers = workers;
    manifests = new ManifestCodec(keys);
    cuts = new CutPoints(keys);
  }

  /** A chunk, and its block when it was not known before. */
  private record Sealed(Content.Chunk chunk, @Nullable SealedBlock block) {}

  /**
   * Puts a file's content, and its manifest, into {@code sink}; chunks that it knows are not sealed
   * again. Nothing may be relied on before {@link BlockSink#commit} returned.
   *
   * @param check may throw to abandon the work; what was put then stays, named by no manifest
   */
  public StoredFile split(
      ContentReader reader, FileMetadata metadata, BlockSink sink, Checkpoint check)
      throws IOException {
    ManifestWriter writer = new ManifestWriter(keys, manifests, codec, sink);
    byte[] small = new byte[Content.Inline.BYTES_MAX];
    int length = beginning(reader, small, check);
    if (length < small.length) {
      return writer.finish(metadata, ByteBuffer.wrap(Arrays.copyOf(small, length)));
    }
    pipeline(
            check,
            new ChunkPipeline.Step<Sealed>() {
              @Override
              public Sealed work(ByteBuffer chunk) throws IOException {
                return seal(chunk, sink);
              }

              @Override
              public void after(Sealed sealed) throws IOException {
                if (sealed.block != null) {
                  sink.put(sealed.block, sealed.chunk.id());
                }
              }

              @Override
              public void take(Sealed sealed) throws IOException {
                writer.add(sealed.chunk);
              }
            })
        .run(reader);
    return writer.finish(metadata);
  }

  private static int beginning(ContentReader reader, byte[] into, Checkpoint check)
      throws IOException {
    check.check();
    int length = 0;
    int read = 1;
    while (length < into.length && read > 0) {
      read = reader.read(ByteBuffer.wrap(into, length, into.length - length), length);
      length += Math.max(0, read);
    }
    return length;
  }

  private Sealed seal(ByteBuffer chunk, BlockSink sink) throws IOException {
    ChunkId id = codec.chunkId(chunk);
    BlockAddress known = sink.find(id);
    if (known != null) {
      return new Sealed(new Content.Chunk(id, known, chunk.remaining()), null);
    }
    SealedBlock block = codec.seal(BlockKind.CHUNK, chunk);
    return new Sealed(new Content.Chunk(id, block.address(), chunk.remaining()), block);
  }

  /** The digest that {@link #split} would give this content; stores nothing. */
  public Digest digest(ContentReader reader, Checkpoint check) throws IOException {
    return measure(reader, check).build();
  }

  /** Whether this content is still, bit for bit, that of {@code manifest}. */
  public boolean matches(ContentReader reader, Manifest manifest, Checkpoint check)
      throws IOException {
    Digest.Builder digest = measure(reader, check);
    return digest.size() == manifest.size() && digest.build().equals(manifest.digest());
  }

  private Digest.Builder measure(ContentReader reader, Checkpoint check) throws IOException {
    record Measured(ChunkId id, int length) {}
    Digest.Builder digest = new Digest.Builder(keys);
    pipeline(
            check,
            new ChunkPipeline.Step<Measured>() {
              @Override
              public Measured work(ByteBuffer chunk) {
                return new Measured(codec.chunkId(chunk), chunk.remaining());
              }

              @Override
              public void after(Measured chunk) {}

              @Override
              public void take(Measured chunk) {
                digest.add(chunk.id, chunk.length);
              }
            })
        .run(reader);
    return digest;
  }

  private <T> ChunkPipeline<T> pipeline(Checkpoint check, ChunkPipeline.Step<T> step) {
    return new ChunkPipeline<>(cuts, buffers, workers, check, step);
  }

  /** Room in use, for tests that watch the bound. */
  Buffers buffers() {
    return buffers;
  }
}
