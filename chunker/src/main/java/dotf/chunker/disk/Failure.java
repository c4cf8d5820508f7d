package dotf.chunker.disk;

import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Turns negated error numbers into the exceptions that Java's own file calls throw. */
final class Failure {
  private Failure() {}

  /** The result unless it is negative. */
  static long check(Scratch s, long result, String file, String what) throws FileSystemException {
    if (result < 0) {
      throw of(s, (int) -result, file, what);
    }
    return result;
  }

  static FileSystemException of(Scratch s, int errno, String file, String what) {
    String reason = "cannot " + what + " (" + s.text(errno) + ")";
    return switch (errno) {
      case Libc.ENOENT -> new NoSuchFileException(file, null, reason);
      case Libc.EEXIST -> new FileAlreadyExistsException(file, null, reason);
      case Libc.EACCES, Libc.EPERM -> new AccessDeniedException(file, null, reason);
      case Libc.ENOSPC, Libc.EDQUOT -> new DiskFullException(file, reason);
      default -> new FileSystemException(file, null, reason);
    };
  }
}
