package dotf.service;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.Seed;
import dotf.fixtures.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three machines that store for one another, and what is left when some of them are lost. */
final class GroupOfMachinesTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern NODE = Pattern.compile("\"node\":\"([0-9a-f]{64})\"");

  @TempDir private Path base;

  @Test
  void oneOtherMachineBringsAllBack() throws Exception {
    try (Machine a = Machine.made(base.resolve("a"));
        Machine b = Machine.made(base.resolve("b"));
        Machine c = Machine.made(base.resolve("c"))) {
      for (Machine machine : List.of(a, b, c)) {
        machine.start();
      }
      String ticket = ticket(a, 2);
      b.feed(ticket, "join", "-").succeeded();
      c.feed(ticket, "join", "-").succeeded();
      a.add();
      Tree.write(a.folder(), Seed.random("group"), 8, 1_500_000);
      Files.write(a.file("seen"), new byte[60_000]);
      Tree before = Tree.of(a.folder());
      awaitCopies(a, 2);

      c.kill();
      a.stop();
      delete(a.home().resolve("store"));
      a.start();
      a.run("restore", "--all").succeeded();

      assertThat(Tree.of(a.folder())).as("from one holder alone").isEqualTo(before);
    }
  }

  @Test
  void theWordsAndOneOtherMachineBringALostMachineBack() throws Exception {
    try (Machine lost = Machine.made(base.resolve("lost"));
        Machine holder = Machine.made(base.resolve("holder"))) {
      lost.quicken("copies = 1");
      lost.start();
      holder.start();
      holder.feed(ticket(lost, 1), "join", "-").succeeded();
      lost.add();
      Tree.write(lost.folder(), Seed.random("recovery"), 6, 700_000);
      Files.write(lost.file("seen"), new byte[60_000]);
      Tree before = Tree.of(lost.folder());
      awaitCopies(lost, 1);
      Set<String> stubs = stubs(lost);
      String words = Files.readString(lost.home().resolve("keys/recovery-phrase.txt"));
      lost.kill();
      delete(lost.home());
      delete(lost.folder());

      String wrong = words.replaceFirst("^[a-z]+", words.startsWith("zoo ") ? "able" : "zoo");
      lost.feed(wrong, "init", "--recover").refused(1);
      assertThat(lost.home()).doesNotExist();

      String input = words.strip() + "\n" + ticket(holder, 1) + "\n";
      lost.feed(input, "init", "--recover", "--join", "-").succeeded();
      Files.createDirectories(lost.folder());
      lost.add();
      eventually(LIMIT, "every stub is back", () -> stubs(lost).containsAll(stubs));
      lost.run("restore", "--all").succeeded();

      assertThat(Tree.of(lost.folder())).isEqualTo(before);
      lost.stop();
    }
  }

  @Test
  void spaceIsGivenBack_onceTheWordsAreConfirmed_andTheFilesComeBackFromTheOther()
      throws Exception {
    try (Machine a = Machine.made(base.resolve("a"));
        Machine b = Machine.made(base.resolve("b"))) {
      a.quicken("copies = 1");
      a.start();
      b.start();
      b.feed(ticket(a, 1), "join", "-").succeeded();
      a.add();
      Tree.write(a.folder(), Seed.random("space"), 6, 900_000);
      Files.write(a.file("seen"), new byte[60_000]);
      Tree before = Tree.of(a.folder());
      awaitCopies(a, 1);
      assertThat(a.run("free", a.folder().toString()).succeeded().out()).contains("not confirmed");
      confirmPhrase(a);

      String freed = a.run("free", a.folder().toString(), "--json").succeeded().out();
      assertThat(number(freed, "blocks")).isPositive();
      assertThat(number(freed, "givenBack")).isPositive();
      assertThat(a.run("verify", "--deep").succeeded().out()).contains("1 holder");
      a.kill();
      a.start();
      b.kill();
      Machine.Result alone = a.run("restore", a.stub("seen").toString());
      assertThat(alone.code()).isEqualTo(75);
      assertThat(alone.err()).contains("cannot be reached now");
      b.start();
      eventually(LIMIT, "all files are back", () -> a.run("restore", "--all").code() == 0);
      assertThat(Tree.of(a.folder())).isEqualTo(before);
    }
  }

  private static void confirmPhrase(Machine machine) throws Exception {
    List<String> words =
        Pattern.compile("[a-z]+")
            .matcher(Files.readString(machine.home().resolve("keys/recovery-phrase.txt")))
            .results()
            .map(MatchResult::group)
            .toList();
    String asked = machine.run("phrase").succeeded().out();
    String answer =
        Pattern.compile("\\d+")
            .matcher(asked)
            .results()
            .map(number -> words.get(Integer.parseInt(number.group()) - 1))
            .collect(Collectors.joining("\n"));
    machine.feed(answer + "\n", "phrase", "--confirm").succeeded();
  }

  private static long number(String json, String field) {
    Matcher found = Pattern.compile("\"" + field + "\":(\\d+)").matcher(json);
    assertThat(found.find()).as("%s in %s", field, json).isTrue();
    return Long.parseLong(found.group(1));
  }

  private static String ticket(Machine machine, int uses) throws Exception {
    String out = machine.run("invite", "--uses", Integer.toString(uses)).succeeded().out();
    return out.lines().findFirst().orElseThrow();
  }

  /** Waits until all is done, and so many other nodes hold the file {@code seen}. */
  private static void awaitCopies(Machine machine, int copies) throws Exception {
    machine.awaitStubs(List.of("seen"));
    machine.await();
    eventually(
        LIMIT,
        copies + " holders",
        () -> {
          Path stub = machine.stub("seen");
          String where = machine.run("where", stub.toString(), "--json").succeeded().out();
          return NODE.matcher(where).results().map(node -> node.group(1)).distinct().count()
              == copies;
        });
  }

  private static Set<String> stubs(Machine machine) throws IOException {
    return Tree.of(machine.folder()).files().keySet().stream()
        .filter(name -> name.endsWith(".f"))
        .collect(Collectors.toSet());
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
