package dotf.watcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dotf.fixtures.Seed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random rules over a random tree: what git ignores and what we ignore must be the same. */
class IgnoreRulesAgainstGitTest {
  private static final String[] NAMES = {
    "a", "b", "ab", "abc", "a.x", "b.x", "c d", "[", "x!", "#"
  };
  private static final String[] COMPONENTS = {
    "a", "b", "ab", "a*", "*b", "*.x", "?", "??", "[ab]", "[!a]", "[a-c].x", "**", "*", "c d",
    "a\\*", "\\#", "x\\!", "b?c", "*.[xy]"
  };

  @TempDir Path root;

  @BeforeEach
  void needsGit() throws Exception {
    boolean there;
    try {
      there = git("init", "-q").isEmpty();
    } catch (IOException e) {
      there = false;
    }
    assumeTrue(there, "skipped: git is not installed");
  }

  @Test
  void randomRules_agreeWithGit() throws Exception {
    int rounds = Seed.longCampaign() ? 1000 : 20;
    for (int round = 0; round < rounds; round++) {
      Random random = Seed.random("ignore" + round);
      Path tree = Files.createDirectory(root.resolve("t" + round));
      Map<String, Boolean> entries = new TreeMap<>();
      grow(random, tree, "", 0, entries);
      List<String> rules = new ArrayList<>();
      for (String directory : List.of("", "a", "b", "a/b")) {
        if (Files.isDirectory(tree.resolve(directory)) && random.nextInt(3) > 0) {
          String text = randomRules(random);
          rules.add(directory + ": " + text);
          Files.writeString(tree.resolve(directory).resolve(".gitignore"), text);
          Files.writeString(tree.resolve(directory).resolve(".dotfignore"), text);
        }
      }
      assertThat(ignoredByUs(tree, entries))
          .as("round %s, rules %s", round, rules)
          .isEqualTo(ignoredByGit("t" + round + "/", entries.keySet()));
    }
  }

  /** So that a rule file that dotf wrote also means to git what the user meant. */
  @Test
  void keepLines_takeInTheirPath_forGitToo() throws Exception {
    Random random = Seed.random("keep lines for git");
    Path tree = Files.createDirectory(root.resolve("keep"));
    Set<String> paths = new TreeSet<>();
    for (int i = 0; i < 300; i++) {
      String path = KeepLinesTest.path(random);
      Path directory = Files.createDirectory(tree.resolve("d" + i));
      Files.writeString(directory.resolve(".gitignore"), KeepLines.of(path, false) + "\n");
      paths.add("d" + i + "/" + path);
    }
    assertThat(ignoredByGit("keep/", paths)).isEqualTo(paths);
  }

  private static Set<String> ignoredByUs(Path tree, Map<String, Boolean> entries) {
    IgnoreRules rules = IgnoreRules.of(tree);
    Set<String> ignored = new TreeSet<>();
    entries.forEach(
        (path, directory) -> {
          if (rules.verdict(path, directory) instanceof Verdict.Ignore) {
            ignored.add(path);
          }
        });
    return ignored;
  }

  private Set<String> ignoredByGit(String prefix, Set<String> paths) throws Exception {
    Path list = root.resolve("list");
    Files.writeString(list, prefix + String.join("\0" + prefix, paths) + "\0");
    Set<String> ignored = new TreeSet<>();
    for (String path : git("check-ignore", "--no-index", "--stdin", "-z").split("\0", -1)) {
      if (!path.isEmpty()) {
        ignored.add(path.substring(prefix.length()));
      }
    }
    return ignored;
  }

  private String git(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("git", "-c", "core.excludesFile="));
    command.addAll(List.of(arguments));
    Path list = root.resolve("list");
    if (!Files.exists(list)) {
      Files.createFile(list);
    }
    Process process =
        new ProcessBuilder(command)
            .directory(root.toFile())
            .redirectInput(list.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(output).isLessThanOrEqualTo(1);
    return output;
  }

  private static void grow(
      Random random, Path directory, String prefix, int depth, Map<String, Boolean> entries)
      throws IOException {
    for (String name : NAMES) {
      if (random.nextInt(3) == 0) {
        continue;
      }
      boolean isDirectory = depth < 3 && random.nextInt(3) == 0;
      Path path = directory.resolve(name);
      entries.put(prefix + name, isDirectory);
      if (isDirectory) {
        Files.createDirectory(path);
        grow(random, path, prefix + name + "/", depth + 1, entries);
      } else {
        Files.createFile(path);
      }
    }
  }

  private static String randomRules(Random random) {
    StringBuilder text = new StringBuilder();
    for (int lines = 1 + random.nextInt(4); lines > 0; lines--) {
      text.append(random.nextInt(4) == 0 ? "!" : "").append(random.nextInt(4) == 0 ? "/" : "");
      for (int components = 1 + random.nextInt(3); components > 0; components--) {
        text.append(COMPONENTS[random.nextInt(COMPONENTS.length)]);
        text.append(components > 1 ? "/" : "");
      }
      text.append(random.nextInt(4) == 0 ? "/" : "").append('\n');
    }
    return text.toString();
  }
}
