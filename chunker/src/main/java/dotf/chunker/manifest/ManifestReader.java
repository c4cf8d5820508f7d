package dotf.chunker.manifest;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.BlockCorruptException;
import dotf.chunker.block.BlockKind;
import dotf.chunker.block.BlockSource;
import dotf.chunker.codec.BlockCodec;
import dotf.chunker.key.VaultKeys;
import java.io.IOException;

/** Reads manifests and the lists below them. Safe for use by many threads. */
public final class ManifestReader {
  private final ManifestCodec manifests;
  private final BlockCodec blocks;

  public ManifestReader(VaultKeys keys, BlockCodec blocks) {
    manifests = new ManifestCodec(keys);
    this.blocks = blocks;
  }

  /**
   * Reads the manifest at {@code address}, a file's hash.
   *
   * @throws BlockCorruptException when the block there is no manifest of this vault
   * @throws IOException when it cannot be read; see {@link BlockSource#read}
   */
  public StoredFile read(BlockAddress address, BlockSource source) throws IOException {
    try {
      return new StoredFile(
          manifests.decode(blocks.open(source.read(address), BlockKind.MANIFEST)), address);
    } catch (FormatException e) {
      throw corrupt(address, "manifest", e);
    }
  }

  /** A file's chunks from the one that holds byte {@code from} on, in bounded memory. */
  public ChunkCursor chunks(Manifest manifest, BlockSource source, long from) {
    return new ChunkCursor(this, manifest.content(), source, from, address -> {});
  }

  /**
   * Every block that the file consists of, its manifest first: chunks and lists, some of them more
   * than once when the content repeats itself.
   */
  public void blocks(StoredFile file, BlockSource source, BlockVisitor visitor) throws IOException {
    visitor.visit(file.address());
    ChunkCursor cursor = new ChunkCursor(this, file.manifest().content(), source, 0, visitor);
    for (var at = cursor.next(); at != null; at = cursor.next()) {
      visitor.visit(at.chunk().address());
    }
  }

  /** What is done with each block of a file. */
  @FunctionalInterface
  public interface BlockVisitor {
    /** Takes the next address; an exception ends the walk. */
    void visit(BlockAddress address) throws IOException;
  }

  /** Reads the list that {@code part} names, {@code level} levels above the chunks. */
  Content list(Content.Part part, int level, BlockSource source) throws IOException {
    BlockAddress address = part.address();
    try {
      Content content =
          ManifestCodec.decodeList(blocks.open(source.read(address), BlockKind.MANIFEST));
      if (content instanceof Content.Inline
          || content.level() != level
          || content.size() != part.size()) {
        throw new FormatException("it is not the list that its manifest names");
      }
      return content;
    } catch (FormatException | ArithmeticException e) {
      throw corrupt(address, "list of a manifest", e);
    }
  }

  private static BlockCorruptException corrupt(BlockAddress address, String what, Exception why) {
    return new BlockCorruptException(
        address, "block " + address + " is no " + what + ": " + why.getMessage());
  }
}
