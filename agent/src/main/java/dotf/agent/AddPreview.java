package dotf.agent;

import java.nio.file.Path;

/**
 * What adding a folder would do.
 *
 * @param files regular files found
 * @param bytes their size
 * @param stubs how many would become stubs
 * @param copiesAt how many other nodes would hold copies
 * @param needed free space that storing takes at most, in bytes
 * @param available free space above the reserve, in bytes
 */
public record AddPreview(
    Path folder, long files, long bytes, long stubs, int copiesAt, long needed, long available) {

  AddPreview withoutStubs() {
    return new AddPreview(folder, files, bytes, 0, copiesAt, needed, available);
  }
}
