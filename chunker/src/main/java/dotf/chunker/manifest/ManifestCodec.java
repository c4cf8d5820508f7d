package dotf.chunker.manifest;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.ChunkId;
import dotf.chunker.codec.CutPoints;
import dotf.chunker.key.VaultKeys;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Manifests and lists as bytes, before they are sealed as blocks of kind manifest. The layout is in
 * the module's README; numbers are big-endian. Safe for use by many threads.
 */
public final class ManifestCodec {
  private static final short MANIFEST_MAGIC = (short) 0xD04D;
  private static final short LIST_MAGIC = (short) 0xD04C;
  private static final int VERSION = 1;
  private static final int PREAMBLE_BYTES = 3;
  private static final int FORM_INLINE = 0;
  private static final int FORM_CHUNKS = 1;
  private static final int CHUNK_BYTES = ChunkId.BYTES + BlockAddress.BYTES + Integer.BYTES;
  private static final int PART_BYTES = BlockAddress.BYTES + Long.BYTES;

  private final MetadataCodec metadata;

  public ManifestCodec(VaultKeys keys) {
    metadata = new MetadataCodec(keys);
  }

  /**
   * A manifest as bytes.
   *
   * @throws IOException when the name or the attributes are longer than dotf keeps
   */
  public ByteBuffer encode(Manifest manifest) throws IOException {
    byte[] about = metadata.encode(manifest.metadata());
    ByteBuffer out =
        ByteBuffer.allocate(
            PREAMBLE_BYTES
                + Long.BYTES
                + Digest.BYTES
                + about.length
                + contentBytes(manifest.content()));
    out.putShort(MANIFEST_MAGIC).put((byte) VERSION);
    out.putLong(manifest.size()).put(manifest.digest().bytes()).put(about);
    return putContent(out, manifest.content()).flip();
  }

  /**
   * Reads what {@link #encode} wrote; {@code in} is consumed.
   *
   * @throws FormatException when the bytes are anything else, or of a newer version
   */
  public Manifest decode(ByteBuffer in) throws FormatException {
    try {
      readPreamble(in, MANIFEST_MAGIC);
      long size = in.getLong();
      Digest digest = Digest.read(in);
      FileMetadata about = metadata.decode(in);
      return new Manifest(about, size, digest, readContent(in));
    } catch (BufferUnderflowException e) {
      throw new FormatException("it is cut short");
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new FormatException("its lengths do not add up to its size");
    }
  }

  /** A list below a manifest as bytes; {@code content} is no inline content. */
  static ByteBuffer encodeList(Content content) {
    ByteBuffer out = ByteBuffer.allocate(PREAMBLE_BYTES + contentBytes(content));
    out.putShort(LIST_MAGIC).put((byte) VERSION);
    return putContent(out, content).flip();
  }

  /** Reads what {@link #encodeList} wrote. */
  static Content decodeList(ByteBuffer in) throws FormatException {
    try {
      readPreamble(in, LIST_MAGIC);
      return readContent(in);
    } catch (BufferUnderflowException e) {
      throw new FormatException("it is cut short");
    } catch (IllegalArgumentException e) {
      throw new FormatException("it is longer than a list can be");
    }
  }

  private static void readPreamble(ByteBuffer in, short magic) throws FormatException {
    if (in.getShort() != magic) {
      throw new FormatException("it does not begin as one");
    }
    int version = Byte.toUnsignedInt(in.get());
    if (version != VERSION) {
      throw new FormatException(
          "it has format %d and this dotf reads %d: update dotf".formatted(version, VERSION));
    }
  }

  private static int contentBytes(Content content) {
    return 1
        + Integer.BYTES
        + switch (content) {
          case Content.Inline inline -> inline.bytes().remaining();
          case Content.Chunks(List<Content.Chunk> chunks) -> chunks.size() * CHUNK_BYTES;
          case Content.Lists(int level, List<Content.Part> parts) -> parts.size() * PART_BYTES;
        };
  }

  private static ByteBuffer putContent(ByteBuffer out, Content content) {
    switch (content) {
      case Content.Inline inline ->
          out.put((byte) FORM_INLINE).putInt(inline.bytes().remaining()).put(inline.bytes());
      case Content.Chunks(List<Content.Chunk> chunks) -> {
        out.put((byte) FORM_CHUNKS).putInt(chunks.size());
        for (Content.Chunk chunk : chunks) {
          out.put(chunk.id().bytes()).put(chunk.address().bytes()).putInt(chunk.length());
        }
      }
      case Content.Lists(int level, List<Content.Part> parts) -> {
        out.put((byte) (FORM_CHUNKS + level)).putInt(parts.size());
        for (Content.Part part : parts) {
          out.put(part.address().bytes()).putLong(part.size());
        }
      }
    }
    return out;
  }

  private static Content readContent(ByteBuffer in) throws FormatException {
    int form = Byte.toUnsignedInt(in.get());
    int count = in.getInt();
    int entryBytes = form == FORM_INLINE ? 1 : form == FORM_CHUNKS ? CHUNK_BYTES : PART_BYTES;
    if (count < 0 || in.remaining() != (long) count * entryBytes) {
      throw new FormatException("its number of entries is not its length");
    }
    return switch (form) {
      case FORM_INLINE -> {
        byte[] bytes = new byte[count];
        in.get(bytes);
        yield new Content.Inline(ByteBuffer.wrap(bytes));
      }
      case FORM_CHUNKS -> readChunks(in, count);
      default -> readParts(in, form - FORM_CHUNKS, count);
    };
  }

  private static Content readChunks(ByteBuffer in, int count) throws FormatException {
    List<Content.Chunk> chunks = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      ChunkId id = ChunkId.read(in);
      BlockAddress address = BlockAddress.read(in);
      int length = in.getInt();
      if (length < 1 || length > CutPoints.BYTES_MAX) {
        throw new FormatException("no chunk has " + length + " bytes");
      }
      chunks.add(new Content.Chunk(id, address, length));
    }
    return new Content.Chunks(chunks);
  }

  private static Content readParts(ByteBuffer in, int level, int count) throws FormatException {
    List<Content.Part> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      BlockAddress address = BlockAddress.read(in);
      long size = in.getLong();
      if (size < 1) {
        throw new FormatException("no list names " + size + " bytes");
      }
      parts.add(new Content.Part(address, size));
    }
    return new Content.Lists(level, parts);
  }
}
