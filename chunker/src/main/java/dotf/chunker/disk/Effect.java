package dotf.chunker.disk;

import dotf.chunker.disk.MemoryNode.Image;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A change that was made on a {@link MemoryDisk} and is not on its medium yet. */
sealed interface Effect {
  /** Makes the change on the medium; {@code half} of what can be torn. */
  void apply(UnaryOperator<MemoryNode> medium, boolean half);

  /** Bytes that were written. */
  record Write(MemoryNode node, long position, ByteBuffer bytes) implements Effect {
    @Override
    public void apply(UnaryOperator<MemoryNode> medium, boolean half) {
      int length = bytes.remaining();
      medium.apply(node).kept.write(position, bytes.slice(0, half ? length / 2 : length));
    }
  }

  /** A file that was cut, or grown with zeros. */
  record Resize(MemoryNode node, int size) implements Effect {
    @Override
    public void apply(UnaryOperator<MemoryNode> medium, boolean half) {
      Image kept = medium.apply(node).kept;
      kept.bytes = Arrays.copyOf(kept.bytes, size);
    }
  }

  /** Permissions, time and attributes. */
  record Describe(MemoryNode node, int mode, Instant modified, Map<String, byte[]> attributes)
      implements Effect {
    @Override
    public void apply(UnaryOperator<MemoryNode> medium, boolean half) {
      Image kept = medium.apply(node).kept;
      kept.mode = mode;
      kept.modified = modified;
      kept.attributes = attributes;
    }
  }

  /**
   * Names that changed together or not at all.
   *
   * @param unsynced directories that have to be synced before this is on the medium for sure
   */
  record Rename(List<Change> changes, Set<MemoryNode> unsynced) implements Effect {
    static Rename of(Change... changes) {
      Set<MemoryNode> directories = new HashSet<>();
      for (Change change : changes) {
        directories.add(change.directory);
      }
      return new Rename(List.of(changes), directories);
    }

    @Override
    public void apply(UnaryOperator<MemoryNode> medium, boolean half) {
      for (Change change : changes) {
        Map<String, MemoryNode> names = medium.apply(change.directory).kept.names;
        if (change.node == null) {
          names.remove(change.name);
        } else {
          names.put(change.name, medium.apply(change.node));
        }
      }
    }

    boolean sharesNameWith(Rename other) {
      return changes.stream().anyMatch(c -> other.changes.stream().anyMatch(c::sameName));
    }
  }

  /** What a name leads to from now on; null for nothing. */
  record Change(MemoryNode directory, String name, @Nullable MemoryNode node) {
    boolean sameName(Change other) {
      return directory == other.directory && name.equals(other.name);
    }
  }
}
