package dotf.watcher;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.ignore.FastIgnoreRule;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one file, in gitignore syntax: of those that match a path, the last decides. The
 * doorway to the library that knows the syntax. Immutable.
 */
final class RuleFile {
  static final RuleFile EMPTY = new RuleFile("", List.of(), List.of());

  /**
   * Stars in one component of a pattern, and {@code **} components in a pattern; each more makes
   * the time to match a hostile name some hundred times longer.
   */
  private static final int STARS_MAX = 3;

  private final String directory;
  private final List<Rule> rules;
  private final List<String> problems;

  /**
   * One rule.
   *
   * @param byName it looks at the last component only, in whatever directory
   * @param text the line and where it stands, for people
   */
  record Rule(FastIgnoreRule pattern, boolean byName, String text) {
    /** Whether it takes in what it matches; else, with a {@code !}, it leaves it out. */
    boolean includes() {
      return pattern.getResult();
    }
  }

  private RuleFile(String directory, List<Rule> rules, List<String> problems) {
    this.directory = directory;
    this.rules = rules;
    this.problems = problems;
  }

  /**
   * Reads rules; lines that make no sense are left out and reported.
   *
   * @param directory whose files the rules are about
   * @param origin where they stand, as people know it
   */
  static RuleFile parse(String directory, String origin, String text) {
    List<Rule> rules = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    List<String> lines = text.strip().isEmpty() ? List.of() : withoutMark(text).lines().toList();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      String where = origin + ", line " + (i + 1);
      FastIgnoreRule pattern = isTooWild(line) ? null : new FastIgnoreRule(line);
      if (pattern == null || pattern.isEmpty()) {
        problems.add(
            where + ": '" + line + "' is no pattern, or has too many stars; it is passed over");
      } else {
        boolean anchored = line.startsWith("/") || line.startsWith("!/");
        boolean byName = pattern.getNameOnly() && !anchored;
        rules.add(new Rule(pattern, byName, "'" + line.strip() + "' (" + where + ")"));
      }
    }
    return new RuleFile(directory, List.copyOf(rules), List.copyOf(problems));
  }

  /** The rule that decides about an entry of this file's directory or below; null when none. */
  @Nullable Rule decisive(String path, boolean isDirectory) {
    if (rules.isEmpty()) {
      return null;
    }
    String relative = directory.isEmpty() ? path : path.substring(directory.length() + 1);
    String name = RelativePath.name(path);
    for (int i = rules.size() - 1; i >= 0; i--) {
      Rule rule = rules.get(i);
      if (rule.pattern.isMatch(rule.byName ? name : relative, isDirectory, true)) {
        return rule;
      }
    }
    return null;
  }

  List<String> problems() {
    return problems;
  }

  private static String withoutMark(String text) {
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  private static boolean isTooWild(String line) {
    int anyDepth = 0;
    for (String component : line.split("/", -1)) {
      if (component.equals("**")) {
        anyDepth++;
      } else if (component.chars().filter(c -> c == '*').count() > STARS_MAX) {
        return true;
      }
    }
    return anyDepth > STARS_MAX;
  }
}
