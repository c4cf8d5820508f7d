package dotf.agent.folder;

import dotf.agent.journal.FolderId;
import dotf.chunker.disk.Directory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a folder's marker says: which folder this is, and which directory it was. The inode alone is
 * no proof: on another disk another directory may have the same one.
 *
 * @param filesystem {@link Directory#filesystem}, or null where that is not known
 */
record Marker(FolderId id, long inode, @Nullable String filesystem) {
  private static final String HEADING = "dotf-folder 1";

  /** What the marker of a directory has to say. */
  static Marker of(FolderId id, Directory root) throws IOException {
    return new Marker(id, root.stat().inode(), root.filesystem());
  }

  /** Reads a marker's text; null when it is none. Lines that are not known are left out. */
  static @Nullable Marker parse(String text) {
    List<String> lines = text.lines().toList();
    if (lines.isEmpty() || !lines.getFirst().equals(HEADING)) {
      return null;
    }
    String id = value(lines, "id ");
    String inode = value(lines, "inode ");
    try {
      return id == null || inode == null
          ? null
          : new Marker(
              FolderId.parse(id), Long.parseUnsignedLong(inode), value(lines, "filesystem "));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static @Nullable String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.startsWith(key))
        .map(line -> line.substring(key.length()))
        .findFirst()
        .orElse(null);
  }

  /** Whether both are of the same directory: what is known of both must be equal. */
  boolean matches(Marker other) {
    return id.equals(other.id)
        && inode == other.inode
        && (filesystem == null || other.filesystem == null || filesystem.equals(other.filesystem));
  }

  String text() {
    List<String> lines = new ArrayList<>();
    lines.add(HEADING);
    lines.add("id " + id);
    lines.add("inode " + Long.toUnsignedString(inode));
    if (filesystem != null) {
      lines.add("filesystem " + filesystem);
    }
    return String.join("\n", lines) + "\n";
  }
}
