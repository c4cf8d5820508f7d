package dotf.agent.folder;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.FileStat;
import dotf.chunker.disk.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.time.Instant;

/** Moves between a folder and its quarantine that never replace a name and never lose a file. */
final class Aside {
  private Aside() {}

  /**
   * Removes a stub of ours: moves it aside, looks whether that is the very file, and only then
   * unlinks it. Anything else that had its name by then is put back.
   *
   * @param content the stub's bytes
   * @return whether the stub is gone
   */
  static boolean removeStub(
      WatchedFolder folder,
      Directory directory,
      String name,
      String aside,
      FileStat expected,
      ByteBuffer content,
      Instant now)
      throws IOException {
    Directory quarantine = folder.quarantine();
    try {
      if (!directory.rename(name, quarantine, aside)) {
        throw new IOException(quarantine + "/" + aside + " is taken; nothing was moved there");
      }
    } catch (NoSuchFileException e) {
      return true;
    }
    FileStat moved = quarantine.stat(aside);
    if (moved != null && moved.sameFile(expected) && holds(quarantine, aside, content)) {
      quarantine.unlink(aside);
      return true;
    }
    if (moved != null) {
      String _ = putBack(folder, aside, directory, name, now);
    }
    return false;
  }

  private static boolean holds(Directory directory, String name, ByteBuffer content)
      throws IOException {
    try (OpenFile file = directory.openRead(name)) {
      return StubEntry.content(file).equals(content);
    }
  }

  /**
   * Moves what is aside to its name, or, when that is taken, to one that tells why.
   *
   * @return the name that it has now
   */
  static String putBack(
      WatchedFolder folder, String aside, Directory directory, String name, Instant now)
      throws IOException {
    return folder.quarantine().rename(aside, directory, name)
        ? name
        : keep(folder, aside, directory, name, now);
  }

  /** Moves what is aside to a name beside its own; returns that name. */
  static String keep(
      WatchedFolder folder, String aside, Directory directory, String name, Instant now)
      throws IOException {
    for (int attempt = 1; attempt <= KeptName.TRIES; attempt++) {
      String kept = KeptName.KEPT.of(name, now, attempt);
      if (folder.quarantine().rename(aside, directory, kept)) {
        return kept;
      }
    }
    throw new IOException(
        directory
            + "/"
            + name
            + " has too many copies beside it; one more stays as "
            + folder.quarantine()
            + "/"
            + aside);
  }
}
