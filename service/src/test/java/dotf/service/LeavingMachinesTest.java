package dotf.service;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.Seed;
import dotf.fixtures.Tree;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three machines of which one leaves and one is lost, as real processes. */
final class LeavingMachinesTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Pattern NODE = Pattern.compile("\"node\":\"([0-9a-f]{64})\"");

  @TempDir private Path base;

  @Test
  void oneLeavesWithBlocksOfAnother_oneIsLostForEver_andNothingIs() throws Exception {
    try (Machine a = Machine.made(base.resolve("a"));
        Machine b = Machine.made(base.resolve("b"));
        Machine c = Machine.made(base.resolve("c"))) {
      a.quicken("copies = 1");
      for (Machine machine : List.of(a, b, c)) {
        machine.start();
      }
      String ticket = a.run("invite", "--uses", "2").succeeded().out().lines().findFirst().get();
      b.feed(ticket, "join", "-").succeeded();
      c.feed(ticket, "join", "-").succeeded();
      a.add();
      Tree.write(a.folder(), Seed.random("leaving"), 12, 300_000);
      Files.write(a.file("seen"), new byte[60_000]);
      a.awaitStubs(List.of("seen"));
      a.await();
      String atC = node(c);
      assertThat(holders(a)).as("b holds some of it").contains(node(b));

      String left = b.run("leave", "--timeout", "50s").succeeded().out();

      assertThat(left).contains("left the group");
      assertThat(nodes(b.run("peers", "--json").succeeded().out())).isEmpty();
      eventually(
          LIMIT,
          "c alone holds all, and a says so",
          () ->
              nodes(a.run("peers", "--json").succeeded().out()).equals(Set.of(atC))
                  && holders(a).equals(Set.of(atC)));

      c.kill();
      Files.write(a.file("waits"), new byte[70_000]);
      eventually(
          LIMIT,
          "a file waits",
          () -> a.run("why", a.file("waits").toString()).out().contains("waiting"));
      a.run("peers", "--remove", atC.substring(0, 8)).ended(77);
      assertThat(a.file("waits")).exists();
      a.run("peers", "--remove", atC.substring(0, 8), "--yes").succeeded();
      a.awaitStubs(List.of("waits"));

      String another = b.run("invite").succeeded().out().lines().findFirst().get();
      a.feed(another, "join", "-").succeeded();
      eventually(
          LIMIT, "b holds what it held, as a new member", () -> holders(a).equals(Set.of(node(b))));
      a.stop();
      b.stop();
    }
  }

  private static String node(Machine machine) throws Exception {
    return nodes(machine.run("status", "--json").succeeded().out()).iterator().next();
  }

  /** Who holds any block of any file. */
  private static Set<String> holders(Machine machine) throws Exception {
    String pins = machine.run("pins", "--blocks", "--json").succeeded().out();
    return Pattern.compile("[0-9a-f]{64}")
        .matcher(
            Pattern.compile("\"holders\":\\[([^\\]]*)\\]")
                .matcher(pins)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.joining()))
        .results()
        .map(found -> found.group())
        .collect(Collectors.toSet());
  }

  private static Set<String> nodes(String json) {
    return NODE.matcher(json).results().map(found -> found.group(1)).collect(Collectors.toSet());
  }
}
