package dotf.agent.holder;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The filesystem that a path is on.
 *
 * @param device its number while it is mounted; subvolumes of one filesystem have several
 */
public record Volume(long device, Disk.Space space) {
  /** That of a directory, now. */
  public static Volume of(Disk disk, Path directory) throws IOException {
    try (Directory opened = disk.open(directory)) {
      return new Volume(opened.stat().device(), disk.space(directory));
    }
  }

  /** Whether both seem to be one: the same number, or figures that are equal to the byte. */
  public boolean seemsToBe(Volume other) {
    return device == other.device
        || (space.total() == other.space.total() && space.available() == other.space.available());
  }
}
