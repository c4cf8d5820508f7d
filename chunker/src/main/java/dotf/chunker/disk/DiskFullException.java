package dotf.chunker.disk;

import java.nio.file.FileSystemException;

/** The filesystem, or the user's quota on it, has no room left (ENOSPC, EDQUOT). */
public final class DiskFullException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  /** For adapters of {@link Disk}, and for tests that pretend to be one. */
  public DiskFullException(String file, String reason) {
    super(file, null, reason);
  }
}
