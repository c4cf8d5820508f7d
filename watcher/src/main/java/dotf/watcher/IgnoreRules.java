package dotf.watcher;

import dotf.watcher.RuleFile.Rule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Which files are not stored ({@code .dotfignore}), and which are stored and never replaced ({@code
 * .dotfkeep}): gitignore syntax, one file in any directory, and rules that hold by default, weaker
 * than any file's. As in git, the nearest file decides, in it the last matching line, and what is
 * below a directory that is taken in cannot be taken out again.
 *
 * <p>The files of a work tree, a directory with {@code .git} or its like or the description of a
 * build in it, are kept as by a default rule: version control takes a file that has become a stub
 * for deleted, and a build does not find what it made.
 *
 * <p>Files are read once and remembered until {@link #reload}. A rule file that cannot be read
 * makes everything around and below it Keep: nothing is replaced that its owner may have wanted to
 * keep. Thread-safe.
 */
public final class IgnoreRules {
  public static final String IGNORE_FILE = ".dotfignore";
  public static final String KEEP_FILE = ".dotfkeep";

  /** Directories whose rules are remembered, and problems that are. */
  private static final int REMEMBERED_MAX = 5000;

  private static final int PROBLEMS_MAX = 100;

  /** What makes the directory in which it is a work tree. */
  private static final List<String> WORK_TREE =
      List.of(
          ".git",
          ".hg",
          ".svn",
          ".bzr",
          ".jj",
          "pom.xml",
          "build.gradle",
          "build.gradle.kts",
          "Cargo.toml",
          "CMakeLists.txt",
          "Makefile",
          "go.mod",
          "package.json");

  private static final RuleFile DEFAULT_IGNORE = defaults("default-ignore");
  private static final RuleFile DEFAULT_KEEP = defaults("default-keep");
  private static final Verdict STORE = new Verdict.Store();

  private final RuleSource source;
  private final Map<String, Level> levels = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, List<String>> problems = new LinkedHashMap<>();

  /**
   * What holds in one directory.
   *
   * @param decided the verdict on everything below, when there is one for all
   * @param kept the rule that keeps everything below, when there is one
   * @param workTree why everything below is kept unless a file's rule says otherwise, or null
   */
  private record Level(
      @Nullable Level parent,
      RuleFile ignore,
      RuleFile keep,
      @Nullable Verdict decided,
      @Nullable String kept,
      @Nullable String workTree) {}

  /** The rules of the folder whose files {@code source} reads. */
  public IgnoreRules(RuleSource source) {
    this.source = source;
  }

  /** The rules of the folder at {@code root}. */
  public static IgnoreRules of(Path root) {
    return new IgnoreRules(RuleSource.of(root));
  }

  /**
   * Whether it changes the rules that something comes or goes, or is written, at {@code path}, so
   * that {@link #reload} is due.
   */
  public static boolean decidesRules(String path) {
    return isRuleFile(path) || WORK_TREE.contains(RelativePath.name(path));
  }

  private static boolean isRuleFile(String path) {
    String name = RelativePath.name(path);
    return name.equals(IGNORE_FILE) || name.equals(KEEP_FILE);
  }

  /** What the rules say of an entry. */
  public synchronized Verdict verdict(String path, boolean isDirectory) {
    if (path.equals(FolderScan.OWN_DIRECTORY) || path.startsWith(FolderScan.OWN_DIRECTORY + "/")) {
      return new Verdict.Ignore("dotf's own directory");
    }
    Level level = level(RelativePath.parent(path));
    if (level.decided != null) {
      return level.decided;
    }
    Rule ignoring = decisive(level, path, isDirectory, Level::ignore, DEFAULT_IGNORE);
    if (ignoring != null && ignoring.includes()) {
      return new Verdict.Ignore(ignoring.text());
    }
    if (level.kept != null) {
      return new Verdict.Keep(level.kept);
    }
    if (isRuleFile(path)) {
      return new Verdict.Keep("rule files are never replaced");
    }
    Rule keeping = decisive(level, path, isDirectory, Level::keep, DEFAULT_KEEP);
    if (keeping != null) {
      return keeping.includes() ? new Verdict.Keep(keeping.text()) : STORE;
    }
    return level.workTree != null ? new Verdict.Keep(level.workTree) : STORE;
  }

  /** Forgets what was read, so that the files are read anew. */
  public synchronized void reload() {
    levels.clear();
    problems.clear();
  }

  /** What is wrong with the rule files read so far, in words; bounded. */
  public synchronized List<String> problems() {
    return problems.values().stream().flatMap(List::stream).limit(PROBLEMS_MAX).toList();
  }

  private static @Nullable Rule decisive(
      Level level,
      String path,
      boolean isDirectory,
      java.util.function.Function<Level, RuleFile> file,
      RuleFile defaults) {
    for (Level at = level; at != null; at = at.parent) {
      Rule rule = file.apply(at).decisive(path, isDirectory);
      if (rule != null) {
        return rule;
      }
    }
    return defaults.decisive(path, isDirectory);
  }

  /** The level of a directory, from the nearest one remembered downwards. */
  private Level level(String directory) {
    Deque<String> missing = new ArrayDeque<>();
    String at = directory;
    Level level = levels.get(at);
    while (level == null && !at.isEmpty()) {
      missing.push(at);
      at = RelativePath.parent(at);
      level = levels.get(at);
    }
    if (level == null) {
      level = remember("", read(null, "", null));
    }
    for (String below : missing) {
      level = remember(below, descend(level, below));
    }
    return level;
  }

  private Level remember(String directory, Level level) {
    if (levels.size() >= REMEMBERED_MAX) {
      levels.remove(levels.keySet().iterator().next());
    }
    levels.put(directory, level);
    return level;
  }

  private Level descend(Level parent, String directory) {
    if (parent.decided != null) {
      return new Level(parent, RuleFile.EMPTY, RuleFile.EMPTY, parent.decided, null, null);
    }
    Rule ignoring = decisive(parent, directory, true, Level::ignore, DEFAULT_IGNORE);
    if (ignoring != null && ignoring.includes()) {
      Verdict ignored = new Verdict.Ignore(ignoring.text());
      return new Level(parent, RuleFile.EMPTY, RuleFile.EMPTY, ignored, null, null);
    }
    String kept = parent.kept;
    if (kept == null) {
      Rule keeping = decisive(parent, directory, true, Level::keep, DEFAULT_KEEP);
      kept = keeping != null && keeping.includes() ? keeping.text() : null;
    }
    return read(parent, directory, kept);
  }

  private Level read(@Nullable Level parent, String directory, @Nullable String kept) {
    try {
      RuleFile ignore = read(directory, IGNORE_FILE);
      RuleFile keep = kept == null ? read(directory, KEEP_FILE) : RuleFile.EMPTY;
      return new Level(parent, ignore, keep, null, kept, workTree(parent, directory));
    } catch (IOException e) {
      String problem = "rules cannot be read: " + TreeReader.reason(e);
      report(RelativePath.join(directory, IGNORE_FILE), List.of(problem));
      return new Level(parent, RuleFile.EMPTY, RuleFile.EMPTY, null, problem, null);
    }
  }

  private @Nullable String workTree(@Nullable Level parent, String directory) throws IOException {
    if (parent != null && parent.workTree != null) {
      return parent.workTree;
    }
    for (String name : WORK_TREE) {
      String path = RelativePath.join(directory, name);
      if (source.exists(path)) {
        return "a work tree (" + path + ")";
      }
    }
    return null;
  }

  private RuleFile read(String directory, String name) throws IOException {
    String path = RelativePath.join(directory, name);
    String text = source.read(path);
    if (text == null) {
      return RuleFile.EMPTY;
    }
    RuleFile rules = RuleFile.parse(directory, path, text);
    report(path, rules.problems());
    return rules;
  }

  private void report(String path, List<String> found) {
    if (!found.isEmpty() && problems.size() < PROBLEMS_MAX) {
      problems.put(path, found);
    }
  }

  private static RuleFile defaults(String name) {
    try (InputStream resource = IgnoreRules.class.getResourceAsStream(name)) {
      byte[] bytes = Objects.requireNonNull(resource, name).readAllBytes();
      return RuleFile.parse("", "a default rule", new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
