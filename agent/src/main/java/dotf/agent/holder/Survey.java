package dotf.agent.holder;

import dotf.chunker.disk.Disk;
import dotf.dht.group.StoreId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a directory is that somebody wants to make a holder.
 *
 * @param path with links followed
 * @param inside whether this is the inside of a holder, {@code dotf-blocks} itself
 * @param store the blocks that are in it already, or null
 */
public record Survey(
    Path path, boolean writable, boolean inside, @Nullable StoreId store, Volume volume) {

  /**
   * Looks.
   *
   * @throws java.nio.file.NoSuchFileException when there is nothing
   * @throws NotDirectoryException when it is something else
   */
  static Survey of(Disk disk, Path directory) throws IOException {
    Path path = directory.toRealPath();
    if (!Files.isDirectory(path)) {
      throw new NotDirectoryException(path.toString());
    }
    StoreMark mark = BlockFiles.find(disk, path);
    return new Survey(
        path,
        Files.isWritable(path),
        Files.exists(path.resolve(StoreMark.NAME)),
        mark == null ? null : mark.store(),
        Volume.of(disk, path));
  }
}
