package dotf.chunker.manifest;

import dotf.chunker.block.BlockAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one version of a file besides its content. Immutable: attribute values must not
 * be written to.
 *
 * @param version which changes this version includes
 * @param parent the address of the manifest of the version before; null for the first
 * @param modified mtime, with nanoseconds
 * @param mode permission bits, 0 to 07777
 * @param attributes extended attributes by full name, at most {@link #ATTRIBUTE_BYTES_MAX} with
 *     their names
 * @param name the last component of the path, 1 to {@link #NAME_BYTES_MAX} bytes of UTF-8
 */
public record FileMetadata(
    FileId fileId,
    VersionVector version,
    @Nullable BlockAddress parent,
    Instant modified,
    int mode,
    SortedMap<String, byte[]> attributes,
    String name) {

  /** The longest name in bytes. */
  public static final int NAME_BYTES_MAX = 1024;

  /** What all attributes together may take, in bytes. */
  public static final int ATTRIBUTE_BYTES_MAX = 512 << 10;

  public FileMetadata {
    attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
  }

  /** As the record's constructor, with attributes in any order. */
  public static FileMetadata of(
      FileId fileId,
      VersionVector version,
      @Nullable BlockAddress parent,
      Instant modified,
      int mode,
      Map<String, byte[]> attributes,
      String name) {
    return new FileMetadata(
        fileId, version, parent, modified, mode, new TreeMap<>(attributes), name);
  }

  /** What the attributes take, names and values, in bytes of UTF-8. */
  public long attributeBytes() {
    return attributes.entrySet().stream()
        .mapToLong(
            entry ->
                entry.getKey().getBytes(StandardCharsets.UTF_8).length + entry.getValue().length)
        .sum();
  }

  /** The same without attributes. */
  public FileMetadata withoutAttributes() {
    return new FileMetadata(
        fileId, version, parent, modified, mode, Collections.emptySortedMap(), name);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FileMetadata that
        && fileId.equals(that.fileId)
        && version.equals(that.version)
        && Objects.equals(parent, that.parent)
        && modified.equals(that.modified)
        && mode == that.mode
        && name.equals(that.name)
        && attributes.keySet().equals(that.attributes.keySet())
        && attributes.entrySet().stream()
            .allMatch(
                entry -> Arrays.equals(entry.getValue(), that.attributes.get(entry.getKey())));
  }

  @Override
  public int hashCode() {
    return Objects.hash(fileId, version, parent, modified, mode, name, attributes.keySet());
  }
}
