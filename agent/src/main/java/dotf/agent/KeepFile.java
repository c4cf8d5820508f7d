package dotf.agent;

import dotf.agent.folder.WatchedFolder;
import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import dotf.chunker.disk.OpenFile.LeaseKind;
import dotf.chunker.disk.OpenFile.LeaseResult;
import dotf.watcher.IgnoreRules;
import dotf.watcher.RuleSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/**
 * The {@code .dotfkeep} at a folder's top, which users write too: it is changed as a whole or not
 * at all, and never over what somebody writes at the same time.
 */
final class KeepFile {
  private static final String NAME = IgnoreRules.KEEP_FILE;
  private static final String TEMPORARY = Directory.TEMPORARY_PREFIX + "keep";
  private static final int MODE = 0644;
  private static final int TRIES = 5;

  private final WatchedFolder folder;

  KeepFile(WatchedFolder folder) {
    this.folder = folder;
  }

  /**
   * Replaces the file by what {@code change} makes of it; durable on return.
   *
   * @throws RefusedException when it is no rule file, or would be too long to be one
   * @throws TryLaterException when a program is writing to it, or it is a stub itself
   */
  void change(UnaryOperator<byte[]> change) throws IOException {
    try (Directory own = folder.directory(WatchedFolder.OWN_DIRECTORY)) {
      for (int tries = 0; tries < TRIES; tries++) {
        if (tryToChange(own, change)) {
          own.sync();
          return;
        }
      }
    }
    throw new TryLaterException(shown() + " keeps changing; try again when nobody writes to it");
  }

  private boolean tryToChange(Directory own, UnaryOperator<byte[]> change) throws IOException {
    FileStat stat = folder.root().stat(NAME);
    if (stat == null) {
      if (folder.root().stat(Names.stubOf(NAME)) != null) {
        throw new TryLaterException(
            shown() + " is a stub; bring it back first: dotf restore " + shown());
      }
      byte[] fresh = change.apply(new byte[0]);
      if (fresh.length == 0) {
        return true;
      }
      write(own, fresh, MODE);
      return own.rename(TEMPORARY, folder.root(), NAME);
    }
    if (stat.type() != FileStat.Type.FILE || stat.size() > RuleSource.FILE_BYTES_MAX) {
      throw new RefusedException(shown() + " is no file of rules; move it out of the way");
    }
    try (OpenFile before = folder.root().openRead(NAME)) {
      return switch (before.lease(LeaseKind.READ)) {
        case LeaseResult.Granted(OpenFile.Lease lease) -> {
          try (lease) {
            yield swap(own, before, change);
          }
        }
        case LeaseResult.Unsupported unsupported -> swap(own, before, change);
        case LeaseResult.InUse inUse ->
            throw new TryLaterException(shown() + " is open in a program for writing; close it");
      };
    }
  }

  private boolean swap(Directory own, OpenFile before, UnaryOperator<byte[]> change)
      throws IOException {
    FileStat read = before.stat();
    byte[] old = content(before);
    byte[] fresh = change.apply(old);
    if (Arrays.equals(old, fresh)) {
      return true;
    }
    write(own, fresh, read.mode());
    own.exchange(TEMPORARY, folder.root(), NAME);
    FileStat swapped = own.stat(TEMPORARY);
    if (swapped == null || !swapped.unchangedSinceButForName(read)) {
      own.exchange(TEMPORARY, folder.root(), NAME);
      return false;
    }
    folder.root().sync();
    own.unlink(TEMPORARY);
    return true;
  }

  private static byte[] content(OpenFile file) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(RuleSource.FILE_BYTES_MAX);
    int length = file.read(bytes, 0);
    return Arrays.copyOf(bytes.array(), length);
  }

  private void write(Directory own, byte[] content, int mode) throws IOException {
    if (content.length > RuleSource.FILE_BYTES_MAX) {
      throw new RefusedException(
          shown() + " would be longer than 64 KiB; keep a directory instead of single files");
    }
    own.unlink(TEMPORARY);
    try (OpenFile file = own.create(TEMPORARY, mode)) {
      file.setMode(mode);
      file.write(ByteBuffer.wrap(content), 0);
      file.sync();
    }
  }

  private String shown() {
    return folder.path().resolve(NAME).toString();
  }
}
