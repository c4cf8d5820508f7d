package dotf.agent;

import dotf.agent.journal.FileKey;
import dotf.agent.journal.FolderId;
import dotf.agent.journal.Journal;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells which files belong to a tree under version control, or to {@code node_modules}: there,
 * programs rewrite and delete by the hundred all day, and have a history of their own. One object
 * looks at one lot of files; the journal must not change meanwhile.
 */
final class WorkingTrees {
  private static final Set<String> KEPT_TREES = Set.of(".git", ".hg", ".svn", "node_modules");

  /** Where one of these is, a working tree begins. */
  private static final List<String> SIGNS =
      List.of(".git/HEAD", ".git", ".hg/requires", ".svn/wc.db");

  private final Journal journal;
  private final FolderId folder;
  private final Map<String, Boolean> known = new HashMap<>();

  WorkingTrees(Journal journal, FolderId folder) {
    this.journal = journal;
    this.folder = folder;
  }

  boolean hold(String path) {
    String parent = Names.of(path).parent();
    return Arrays.stream(parent.split("/")).anyMatch(KEPT_TREES::contains) || isWithin(parent);
  }

  private boolean isWithin(String directory) {
    Boolean before = known.get(directory);
    if (before != null) {
      return before;
    }
    boolean within =
        SIGNS.stream()
                .anyMatch(
                    sign -> journal.find(new FileKey(folder, Names.join(directory, sign))) != null)
            || (!directory.isEmpty() && isWithin(Names.of(directory).parent()));
    known.put(directory, within);
    return within;
  }
}
