package dotf.watcher.inotify;

import java.io.IOException;

/** A system call that failed, with what it was about and the kernel's error number. */
public final class SystemCallException extends IOException {
  private static final long serialVersionUID = 1;

  private static final int ENOENT = 2;
  private static final int EXDEV = 18;
  private static final int ENOTDIR = 20;
  private static final int ENOSPC = 28;
  private static final int ELOOP = 40;

  private final int errno;
  private final String reason;

  SystemCallException(String subject, int errno, String reason) {
    super(subject + ": " + reason);
    this.errno = errno;
    this.reason = reason;
  }

  /** The kernel's words for the error, without the subject. */
  public String reason() {
    return reason;
  }

  /** Whether nothing has that name, or something that is no directory (any more). */
  public boolean isAbsence() {
    return errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
  }

  /** Whether the path leads into another mount. */
  public boolean isOtherMount() {
    return errno == EXDEV;
  }

  /** Whether the user has used up {@code fs.inotify.max_user_watches}. */
  public boolean isWatchLimit() {
    return errno == ENOSPC;
  }
}
