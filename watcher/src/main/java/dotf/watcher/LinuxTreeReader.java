package dotf.watcher;

import dotf.watcher.FolderEntry.Figures;
import dotf.watcher.inotify.DirectoryTree;
import dotf.watcher.inotify.Listing;
import dotf.watcher.inotify.Name;
import dotf.watcher.inotify.Stat;
import dotf.watcher.inotify.SystemCallException;
import java.io.IOException;
import java.nio.file.Path;

/** Reads a tree by getdents and statx, relative to open directories. */
final class LinuxTreeReader implements TreeReader {
  private static final int PERMISSION_BITS = 07777;

  private final DirectoryTree tree;
  private final Stat root;

  private LinuxTreeReader(DirectoryTree tree) throws IOException {
    this.tree = tree;
    this.root = tree.rootStat();
  }

  static TreeReader open(Path root) throws IOException {
    return new LinuxTreeReader(DirectoryTree.open(root));
  }

  @Override
  public void list(String directory, Sink sink) throws IOException {
    try (Listing listing = tree.list(directory)) {
      while (listing.next()) {
        Name name = listing.name();
        String path = RelativePath.join(directory, name.text());
        FolderEntry entry;
        try {
          entry = name.mangled() ? new FolderEntry.Unreadable(path) : entry(path, listing.stat());
        } catch (SystemCallException e) {
          if (e.isAbsence()) {
            continue;
          }
          entry = new FolderEntry.Unknown(path, e.reason());
        }
        sink.entry(name.text(), entry);
      }
    }
  }

  @Override
  public FolderEntry look(String path) throws IOException {
    return entry(path, tree.stat(path));
  }

  @Override
  public boolean isStillThere() throws IOException {
    try {
      return tree.atRootPath().sameFile(root);
    } catch (SystemCallException e) {
      if (e.isAbsence()) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    tree.close();
  }

  private FolderEntry entry(String path, Stat stat) {
    if (stat.mountRoot() || (stat.isDirectory() && stat.device() != root.device())) {
      return new FolderEntry.Unknown(path, "another filesystem is mounted here");
    }
    if (stat.isRegular()) {
      return new FolderEntry.File(path, figures(stat));
    }
    if (stat.isDirectory()) {
      return new FolderEntry.Directory(path, figures(stat));
    }
    return new FolderEntry.Other(path, stat.typeName());
  }

  private static Figures figures(Stat stat) {
    return new Figures(
        stat.device(),
        stat.inode(),
        stat.size(),
        stat.mode() & PERMISSION_BITS,
        stat.uid(),
        stat.links(),
        stat.modified(),
        stat.changed());
  }
}
