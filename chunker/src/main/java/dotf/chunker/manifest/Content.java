package dotf.chunker.manifest;

import dotf.chunker.block.BlockAddress;
import dotf.chunker.block.ChunkId;
import java.nio.ByteBuffer;
import java.util.List;

/** Where a file's content is, in file order: in the manifest itself, in chunks, or in lists. */
public sealed interface Content {
  /** The most entries of one list; a longer one is split and gets a level above it. */
  int ENTRIES_MAX = 4096;

  /** 0 when every block of the content is named here, else the number of levels of lists below. */
  int level();

  /** How many bytes of content this names. */
  long size();

  /**
   * The content itself, of a file below {@link #BYTES_MAX}.
   *
   * @param bytes read-only; not copied, so nobody may write to the buffer's memory afterwards
   */
  record Inline(ByteBuffer bytes) implements Content {
    /** Content that travels inside its manifest is shorter than this: 4 KiB. */
    public static final int BYTES_MAX = 4 << 10;

    public Inline {
      bytes = bytes.slice().asReadOnlyBuffer();
      if (bytes.remaining() >= BYTES_MAX) {
        throw new IllegalArgumentException("too long to travel inside a manifest");
      }
    }

    /** A fresh view of the bytes. */
    @Override
    public ByteBuffer bytes() {
      return bytes.duplicate();
    }

    @Override
    public int level() {
      return 0;
    }

    @Override
    public long size() {
      return bytes.remaining();
    }
  }

  /** The chunks, at most {@link #ENTRIES_MAX}. */
  record Chunks(List<Chunk> chunks) implements Content {
    public Chunks {
      chunks = List.copyOf(chunks);
      checkEntries(chunks.size());
    }

    @Override
    public int level() {
      return 0;
    }

    @Override
    public long size() {
      return chunks.stream().mapToLong(Chunk::length).sum();
    }
  }

  /**
   * Lists of chunks (level 1), or lists of lists, each sealed as a block of kind manifest.
   *
   * @param level 1 to {@link #LEVEL_MAX}
   */
  record Lists(int level, List<Part> parts) implements Content {
    /** Enough for 2^63 bytes of the smallest chunks. */
    public static final int LEVEL_MAX = 3;

    public Lists {
      parts = List.copyOf(parts);
      checkEntries(parts.size());
      if (level < 1 || level > LEVEL_MAX) {
        throw new IllegalArgumentException("no list has level " + level);
      }
    }

    @Override
    public long size() {
      return parts.stream().mapToLong(Part::size).reduce(0, Math::addExact);
    }
  }

  /**
   * One chunk and its block.
   *
   * @param length plaintext bytes
   */
  record Chunk(ChunkId id, BlockAddress address, int length) {}

  /**
   * One list and its block.
   *
   * @param size bytes of content that it names
   */
  record Part(BlockAddress address, long size) {}

  private static void checkEntries(int count) {
    if (count > ENTRIES_MAX) {
      throw new IllegalArgumentException("a list has at most " + ENTRIES_MAX + " entries");
    }
  }
}
