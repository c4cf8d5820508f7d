package dotf.chunker.manifest;

import dotf.chunker.block.BlockSource;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Walks a file's chunks in order, holding one list of each level. Belongs to one thread. */
public final class ChunkCursor {
  private final ManifestReader reader;
  private final BlockSource source;
  private final long from;
  private final ManifestReader.BlockVisitor lists;
  private final Deque<Place> places = new ArrayDeque<>();
  private long offset;

  /**
   * A chunk and where it begins in the file.
   *
   * @param offset bytes of content before it
   */
  public record At(Content.Chunk chunk, long offset) {}

  private static final class Place {
    final Content content;
    int next;

    Place(Content content) {
      this.content = content;
    }
  }

  ChunkCursor(
      ManifestReader reader,
      Content content,
      BlockSource source,
      long from,
      ManifestReader.BlockVisitor lists) {
    this.reader = reader;
    this.source = source;
    this.from = from;
    this.lists = lists;
    places.push(new Place(content));
  }

  /**
   * The next chunk, or null after the last one; a file with inline content has none.
   *
   * @throws IOException when a list cannot be read or is damaged
   */
  public @Nullable At next() throws IOException {
    while (!places.isEmpty()) {
      Place place = places.element();
      switch (place.content) {
        case Content.Chunks(var chunks) when place.next < chunks.size() -> {
          Content.Chunk chunk = chunks.get(place.next++);
          offset += chunk.length();
          if (offset > from) {
            return new At(chunk, offset - chunk.length());
          }
        }
        case Content.Lists(int level, var parts) when place.next < parts.size() -> {
          Content.Part part = parts.get(place.next++);
          if (offset + part.size() <= from) {
            offset += part.size();
          } else {
            lists.visit(part.address());
            places.push(new Place(reader.list(part, level - 1, source)));
          }
        }
        default -> places.pop();
      }
    }
    return null;
  }
}
