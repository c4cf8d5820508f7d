package dotf.chunker;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockSource;
import dotf.chunker.block.ChunkId;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.codec.BlockCodec;
import dotf.chunker.key.VaultKeys;
import dotf.chunker.manifest.ChunkCursor;
import dotf.chunker.manifest.Content;
import dotf.chunker.manifest.Digest;
import dotf.chunker.manifest.Manifest;
import dotf.chunker.manifest.ManifestReader;
import dotf.chunker.manifest.StoredFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;

/**
 * Puts a file's content together again from its blocks, or proves that it could. Blocks are read up
 * to 8 ahead of the one that is written, opened and checked by the workers, which never wait for a
 * source. In memory are {@value #CHUNKS} chunks of at most 2 MiB, sealed and opened, for all files
 * together, and one more for each file beyond. Safe for use by many threads, none of them a
 * worker's.
 */
public final class FileAssembler {
  static final int CHUNKS = 16;

  private final VaultKeys keys;
  private final BlockCodec codec;
  private final ManifestReader manifests;
  private final Executor workers;
  private final Room room = new Room(CHUNKS);

  /** {@code workers} opens whole chunks. */
  public FileAssembler(VaultKeys keys, BlockCodec codec, Executor workers) {
    this.keys = keys;
    this.codec = codec;
    this.workers = workers;
    manifests = new ManifestReader(keys, codec);
  }

  /** A chunk's plaintext, checked, and where it begins in the file. */
  private record Opened(ChunkId id, long offset, ByteBuffer plain) {}

  /**
   * Writes the whole content, in order, from the calling thread. Every chunk is checked before it
   * is written, and the whole against the digest before this returns.
   *
   * @throws IOException when a block is missing or damaged: what was written is then incomplete
   */
  public void assemble(Manifest manifest, BlockSource source, ContentWriter out, Checkpoint check)
      throws IOException {
    whole(manifest, source, out, check);
  }

  /**
   * Writes the bytes [from, to) of the content, in order, each at its own position in the file.
   * Only the chunks that hold them are read, each checked before it is written.
   *
   * @throws IndexOutOfBoundsException when the range is not inside the file
   */
  public void assemble(
      Manifest manifest,
      BlockSource source,
      long from,
      long to,
      ContentWriter out,
      Checkpoint check)
      throws IOException {
    Objects.checkFromToIndex(from, to, manifest.size());
    if (from == to) {
      return;
    }
    chunks(
        manifest,
        source,
        from,
        to,
        check,
        opened -> {
          int begin = (int) Math.max(0, from - opened.offset);
          int end = (int) Math.min(opened.plain.remaining(), to - opened.offset);
          out.write(opened.plain.slice(begin, end - begin), opened.offset + begin);
        });
  }

  /**
   * Reads everything of a stored file again, manifest included, and checks that it opens to the
   * content of this digest.
   *
   * @param source reads from the disk, not from memory, where the proof is to be worth something
   * @throws IOException when a block is missing, damaged, or cannot be read
   */
  public void verify(StoredFile file, BlockSource source, Checkpoint check) throws IOException {
    verify(file, source, Set.of(), check);
  }

  /**
   * As {@link #verify(StoredFile, BlockSource, Checkpoint)}, but for some blocks.
   *
   * @param elsewhere chunks' blocks that are not read, since others have proved that they hold them
   */
  public void verify(
      StoredFile file, BlockSource source, Set<BlockAddress> elsewhere, Checkpoint check)
      throws IOException {
    Manifest manifest = manifests.read(file.address(), source).manifest();
    if (!manifest.equals(file.manifest())) {
      throw new BlockCorruptException(
          file.address(), "block " + file.address() + " holds another manifest");
    }
    if (manifest.content() instanceof Content.Inline) {
      whole(manifest, source, (plain, offset) -> {}, check);
      return;
    }
    Digest.Builder digest = new Digest.Builder(keys);
    ChunkCursor cursor = manifests.chunks(manifest, source, 0);
    try (ReadAhead<Opened> results = new ReadAhead<>(workers, room, check, opened -> {})) {
      for (var at = cursor.next(); at != null; at = cursor.next()) {
        ChunkCursor.At next = at;
        digest.add(at.chunk().id(), at.chunk().length());
        if (!elsewhere.contains(at.chunk().address())) {
          results.submit(() -> source.read(next.chunk().address()), block -> open(next, block));
        }
      }
      results.finish();
    }
    checkDigest(manifest, digest);
  }

  private void whole(Manifest manifest, BlockSource source, ContentWriter out, Checkpoint check)
      throws IOException {
    Digest.Builder digest = new Digest.Builder(keys);
    chunks(
        manifest,
        source,
        0,
        manifest.size(),
        check,
        opened -> {
          digest.add(opened.id, opened.plain.remaining());
          out.write(opened.plain, opened.offset);
        });
    checkDigest(manifest, digest);
  }

  private static void checkDigest(Manifest manifest, Digest.Builder digest) throws IOException {
    if (digest.size() != manifest.size() || !digest.build().equals(manifest.digest())) {
      throw new IOException(
          "the chunks of " + manifest.metadata().name() + " are not the content that was stored");
    }
  }

  private void chunks(
      Manifest manifest,
      BlockSource source,
      long from,
      long to,
      Checkpoint check,
      InOrder.Taker<Opened> taker)
      throws IOException {
    check.check();
    if (manifest.content() instanceof Content.Inline inline) {
      if (inline.size() > 0) {
        taker.take(new Opened(codec.chunkId(inline.bytes()), 0, inline.bytes()));
      }
      return;
    }
    ChunkCursor cursor = manifests.chunks(manifest, source, from);
    try (ReadAhead<Opened> results = new ReadAhead<>(workers, room, check, taker)) {
      for (var at = cursor.next(); at != null && at.offset() < to; at = cursor.next()) {
        ChunkCursor.At next = at;
        results.submit(() -> source.read(next.chunk().address()), block -> open(next, block));
      }
      results.finish();
    }
  }

  private Opened open(ChunkCursor.At at, SealedBlock block) throws IOException {
    Content.Chunk chunk = at.chunk();
    return new Opened(chunk.id(), at.offset(), codec.openChunk(block, chunk.id(), chunk.length()));
  }

  /** The most chunks that were ever in memory at once. */
  int mostChunks() {
    return room.mostInUse();
  }

  /** Chunks in memory now. */
  int chunksNow() {
    return room.inUse();
  }
}
