package dotf.chunker.manifest;

import dotf.chunker.block.BlockKind;
import dotf.chunker.block.BlockSink;
import dotf.chunker.block.SealedBlock;
import dotf.chunker.codec.BlockCodec;
import dotf.chunker.key.VaultKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A manifest in the making: chunks are added in file order, and a list that is full is sealed and
 * put away, so that memory does not grow with the file. Belongs to one thread.
 */
public final class ManifestWriter {
  private final ManifestCodec manifests;
  private final BlockCodec blocks;
  private final BlockSink sink;
  private final Digest.Builder digest;
  private final int entriesMax;
  private List<Content.Chunk> chunks = new ArrayList<>();

  /** Unfinished lists of level 1, 2, and so on. */
  private final List<List<Content.Part>> levels = new ArrayList<>();

  /** Begins an empty file; its manifest and lists go to {@code sink}. */
  public ManifestWriter(
      VaultKeys keys, ManifestCodec manifests, BlockCodec blocks, BlockSink sink) {
    this(keys, manifests, blocks, sink, Content.ENTRIES_MAX);
  }

  /** With another bound, so that tests need no terabytes to reach the upper levels. */
  ManifestWriter(
      VaultKeys keys, ManifestCodec manifests, BlockCodec blocks, BlockSink sink, int entriesMax) {
    this.entriesMax = entriesMax;
    this.manifests = manifests;
    this.blocks = blocks;
    this.sink = sink;
    digest = new Digest.Builder(keys);
  }

  /** Adds the file's next chunk, whose block is the caller's to put. */
  public void add(Content.Chunk chunk) throws IOException {
    if (chunks.size() == entriesMax) {
      List<Content.Chunk> full = chunks;
      chunks = new ArrayList<>();
      addPart(1, seal(new Content.Chunks(full)));
    }
    chunks.add(chunk);
    digest.add(chunk.id(), chunk.length());
  }

  /** Ends a file that consists of the chunks added. */
  public StoredFile finish(FileMetadata metadata) throws IOException {
    return put(metadata, topContent());
  }

  /**
   * Ends a file to which no chunk was added: its content travels inside the manifest.
   *
   * @param content fewer than {@link Content.Inline#BYTES_MAX} bytes, not written to afterwards
   */
  public StoredFile finish(FileMetadata metadata, ByteBuffer content) throws IOException {
    if (content.hasRemaining()) {
      digest.add(blocks.chunkId(content), content.remaining());
    }
    return put(metadata, new Content.Inline(content));
  }

  private StoredFile put(FileMetadata metadata, Content content) throws IOException {
    Manifest manifest = new Manifest(metadata, digest.size(), digest.build(), content);
    SealedBlock block = blocks.seal(BlockKind.MANIFEST, manifests.encode(manifest));
    sink.put(block, null);
    return new StoredFile(manifest, block.address());
  }

  private Content topContent() throws IOException {
    Content top = new Content.Chunks(chunks);
    for (int level = 1; level <= levels.size(); level++) {
      addPart(level, seal(top));
      top = new Content.Lists(level, levels.get(level - 1));
    }
    return top;
  }

  private void addPart(int level, Content.Part part) throws IOException {
    if (levels.size() < level) {
      levels.add(new ArrayList<>());
    }
    List<Content.Part> parts = levels.get(level - 1);
    if (parts.size() == entriesMax) {
      levels.set(level - 1, new ArrayList<>());
      addPart(level + 1, seal(new Content.Lists(level, parts)));
      parts = levels.get(level - 1);
    }
    parts.add(part);
  }

  private Content.Part seal(Content content) throws IOException {
    SealedBlock block = blocks.seal(BlockKind.MANIFEST, ManifestCodec.encodeList(content));
    sink.put(block, null);
    return new Content.Part(block.address(), content.size());
  }
}
