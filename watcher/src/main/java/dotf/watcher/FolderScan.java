package dotf.watcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One walk over a folder, or a part of it: the truth, where events are hints. Looks at every entry,
 * opens none but the directories, follows no link and enters no other mount; the folder's own
 * {@code .dotf} is left out. Entries stream to the caller, directories before their content, in no
 * other order; memory grows with the widest directories on the way, not with the tree, and depth
 * costs none.
 *
 * <p>The walk is no snapshot. What was renamed meanwhile may be told twice or not at all, so before
 * acting on the absence of a path, look at that path.
 *
 * <p>Safe for many threads; each scan stands for itself.
 */
public final class FolderScan {
  /** The directory at a folder's root that holds our own things. */
  static final String OWN_DIRECTORY = ".dotf";

  static final boolean ON_LINUX = System.getProperty("os.name").equals("Linux");

  private final Path root;
  private final TreeReader.Opener opener;

  /** A scan of the folder at {@code root}. */
  public FolderScan(Path root) {
    this(root, ON_LINUX ? LinuxTreeReader::open : PortableTreeReader::open);
  }

  FolderScan(Path root, TreeReader.Opener opener) {
    this.root = root;
    this.opener = opener;
  }

  /**
   * How a scan ended. Only after {@link #COMPLETE} does it mean anything that a path is missing.
   */
  public enum Outcome {
    /** Everything was told that there is, apart from what is {@link FolderEntry.Unknown}. */
    COMPLETE,
    /** There is nothing at the path where the scan should begin; the folder itself is there. */
    ABSENT,
    /** The folder is not there, or not the one where the scan began: deleted, moved, unmounted. */
    ROOT_GONE,
    /** The caller asked to stop. */
    CANCELLED
  }

  /** Walks the whole folder; see {@link #scan(String, Consumer, BooleanSupplier)}. */
  public Outcome scan(Consumer<? super FolderEntry> found) {
    return scan("", found, () -> false);
  }

  /**
   * Walks what is at {@code path} and below; "" is the whole folder, of which itself is not told.
   * Failures are told as {@link FolderEntry.Unknown}, never thrown.
   *
   * @param path a file or directory
   * @param found called in this thread
   * @param cancelled asked before every directory
   */
  public Outcome scan(String path, Consumer<? super FolderEntry> found, BooleanSupplier cancelled) {
    TreeReader tree;
    try {
      tree = opener.open(root);
    } catch (IOException e) {
      if (TreeReader.isAbsence(e)) {
        return Outcome.ROOT_GONE;
      }
      found.accept(new FolderEntry.Unknown("", TreeReader.reason(e)));
      return Outcome.COMPLETE;
    }
    try (tree) {
      Outcome outcome = new Walk(tree, found, cancelled).from(path);
      return tree.isStillThere() ? outcome : Outcome.ROOT_GONE;
    } catch (IOException e) {
      found.accept(new FolderEntry.Unknown(path, TreeReader.reason(e)));
      return Outcome.COMPLETE;
    }
  }

  /** A directory that waits to be listed; linked to its parent, so that deep paths cost nothing. */
  private record Pending(@Nullable Pending parent, String name) {
    String path() {
      Deque<String> names = new ArrayDeque<>();
      for (Pending at = this; at != null; at = at.parent) {
        names.push(at.name);
      }
      return String.join("/", names);
    }
  }

  private static final class Walk {
    private final TreeReader tree;
    private final Consumer<? super FolderEntry> found;
    private final BooleanSupplier cancelled;
    private final Deque<Pending> pending = new ArrayDeque<>();

    Walk(TreeReader tree, Consumer<? super FolderEntry> found, BooleanSupplier cancelled) {
      this.tree = tree;
      this.found = found;
      this.cancelled = cancelled;
    }

    Outcome from(String path) {
      if (path.isEmpty()) {
        list("", null);
      } else if (!start(path)) {
        return Outcome.ABSENT;
      }
      while (!pending.isEmpty()) {
        if (cancelled.getAsBoolean()) {
          return Outcome.CANCELLED;
        }
        Pending directory = pending.pop();
        list(directory.path(), directory);
      }
      return Outcome.COMPLETE;
    }

    private boolean start(String path) {
      try {
        FolderEntry entry = tree.look(path);
        found.accept(entry);
        if (entry instanceof FolderEntry.Directory) {
          pending.push(new Pending(null, path));
        }
        return true;
      } catch (IOException e) {
        if (TreeReader.isAbsence(e)) {
          return false;
        }
        found.accept(new FolderEntry.Unknown(path, TreeReader.reason(e)));
        return true;
      }
    }

    private void list(String path, @Nullable Pending directory) {
      try {
        tree.list(
            path,
            (name, entry) -> {
              if (path.isEmpty() && name.equals(OWN_DIRECTORY)) {
                return;
              }
              found.accept(entry);
              if (entry instanceof FolderEntry.Directory) {
                pending.push(new Pending(directory, name));
              }
            });
      } catch (IOException e) {
        // Also when it is gone: it may be on its way to a place where this walk was already.
        found.accept(new FolderEntry.Unknown(path, TreeReader.reason(e)));
      }
    }
  }
}
