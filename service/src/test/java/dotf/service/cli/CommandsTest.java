package dotf.service.cli;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dotf.service.daemon.Daemon;
import dotf.setup.Home;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole commands against a real daemon: what they print, as JSON and as text, and how they end. */
@Timeout(120)
class CommandsTest {
  @TempDir private Path directory = Path.of("");
  private Path home = Path.of("");
  private Path folder = Path.of("");
  private final List<Daemon> running = new ArrayList<>();

  /** What one command came to. */
  private record Ended(int code, String output, String error) {}

  @BeforeEach
  void begin() throws IOException {
    home = made("home");
    folder = Files.createDirectory(directory.resolve("folder"));
  }

  @AfterEach
  void end() {
    running.reversed().forEach(Daemon::close);
  }

  @Test
  void everyCommand_asJson_printsOneDocumentWithWhatItPromises() throws IOException {
    stored("a.txt", 60_000);
    Path stub = folder.resolve("a.txt.f");
    assertThat(object("status"))
        .containsKeys("version", "node", "group", "port", "settled", "paused", "held", "folders")
        .containsKeys("safety", "space", "peers", "store", "memory");
    assertThat(items("ls", "files").getFirst())
        .containsOnlyKeys("path", "state", "size", "stubSize", "hash", "copies", "reason");
    Map<String, @Nullable Object> pin = items("pins --blocks", "pins").getFirst();
    assertThat(pin)
        .containsKeys("hash", "kind", "name", "size", "blocks", "copies", "lastProved")
        .containsKey("blockList");
    assertThat(object("where " + stub)).containsKeys("path", "hash", "copies", "holders");
    assertThat(object("verify")).containsEntry("ok", true).containsKeys("checked", "problems");
    assertThat(object("why " + stub)).containsEntry("state", "stub").containsKey("rule");
    assertThat(object("wait")).containsEntry("settled", true);
    assertThat(object("config")).containsEntry("settle", "0s");
    assertThat(object("config settle 1s")).containsEntry("settle", "1s");
    assertThat(items("folders", "folders").getFirst()).containsKeys("path", "files", "stubs");
    assertThat(object("doctor")).containsKey("findings");
    assertThat(object("peers")).containsKey("peers");
    assertThat(object("invite")).containsKeys("ticket", "uses", "until");
    assertThat(items("invite --list", "tickets").getFirst())
        .containsOnlyKeys("id", "state", "uses", "left", "until", "usedBy");
    assertThat(object("leave")).containsEntry("left", false).containsKeys("blocks", "group");
    assertThat(object("phrase")).containsEntry("confirmed", false);
    assertThat(object("log")).containsKeys("file", "lines");
    assertThat(object("start")).containsKey("port");
    assertThat(object("pin " + pin.get("hash"))).containsEntry("kind", "user");
    assertThat(object("unpin " + pin.get("hash"))).containsEntry("hash", pin.get("hash"));
    assertThat(object("add " + folder)).containsKey("path");
    assertThat(object("add --dry-run " + Files.createDirectory(directory.resolve("other"))))
        .containsKeys("files", "bytes", "stubs", "needed");
    Path disk = Files.createDirectory(directory.resolve("disk"));
    assertThat(object("holder add --yes " + disk)).containsEntry("path", disk.toString());
    assertThat(items("holder list", "holders").getFirst())
        .containsOnlyKeys("id", "path", "reachable", "blocks", "bytes", "freeBytes", "problem")
        .containsEntry("reachable", true);
    assertThat(object("holder remove " + disk)).containsEntry("onlyThere", 0L);
    assertThat(object("repair")).containsEntry("failed", 0L);
    assertThat(object("restore " + stub)).containsEntry("files", 1L);
    assertThat(object("free " + folder.resolve("a.txt")))
        .containsEntry("files", 1L)
        .containsKeys("bytes", "givenBack", "inTheWay");
    assertThat(object("open " + stub)).containsKey("files");
    assertThat(object("allow")).containsKeys("until", "released");
    assertThat(object("pause 1h")).containsEntry("paused", true).containsKey("pausedUntil");
    assertThat(object("resume")).containsEntry("paused", false).containsEntry("pausedUntil", null);
    assertThat(object("keep " + folder.resolve("a.txt")))
        .containsEntry("changed", true)
        .containsKeys("path", "rule", "files", "failed");
    assertThat(object("unkeep " + folder.resolve("a.txt"))).containsEntry("changed", true);
    assertThat(object("remove --leave-stubs " + folder))
        .containsEntry("removed", true)
        .containsKeys("path", "stubs", "note", "files");
  }

  @Test
  void failures_asJson_leaveNoHalfDocument() throws IOException {
    run();
    Ended ended = dotf("--json", "ls", directory.toString());
    assertThat(ended.code()).isEqualTo(66);
    assertThat(ended.output()).isEmpty();
    assertThat(ended.error()).contains("no watched folder");
  }

  @Test
  void joinAndConnect_asJson_sayWhomTheyReached() throws IOException {
    Daemon first = run();
    Path second = made("second");
    start(second);
    Object ticket = object("invite").get("ticket");
    assertThat(object(at(second, "--json", "join", String.valueOf(ticket))))
        .containsEntry("members", 2L)
        .containsEntry("group", object("status").get("group"));
    assertThat(object(at(second, "--json", "connect", "127.0.0.1:" + first.port())))
        .containsEntry("node", object("status").get("node"))
        .containsEntry("member", true);
    Ended nobody = dotf("connect", "127.0.0.1:1");
    assertThat(nobody.code()).isEqualTo(75);
  }

  @Test
  void doctor_hasAnotherMachineTryThePort() throws IOException {
    Daemon first = run();
    assertThat(dotf("doctor").output()).contains("no other machine is connected");
    Path second = made("second");
    start(second);
    at(second, "join", String.valueOf(object("invite").get("ticket")));
    assertThat(items("doctor", "findings"))
        .filteredOn(finding -> "port".equals(finding.get("subject")))
        .singleElement()
        .satisfies(
            finding ->
                assertThat(finding)
                    .containsEntry("grade", "good")
                    .extractingByKey("text")
                    .asString()
                    .startsWith(first.port() + " can be reached from node "));
    end();
    running.clear();
    assertThat(dotf("doctor").output()).contains("dotf start");
  }

  @Test
  void invite_listsTicketsWithoutTheirTokens_andARevokedOneLetsNobodyIn() throws IOException {
    run();
    Path second = made("second");
    start(second);
    Path third = made("third");
    start(third);
    String used = String.valueOf(object("invite").get("ticket"));
    at(second, "join", used);
    String open = String.valueOf(object("invite --uses 2").get("ticket"));
    List<Map<String, @Nullable Object>> tickets = items("invite --list", "tickets");
    assertThat(tickets.get(0))
        .containsEntry("state", "used up")
        .containsEntry("left", 0L)
        .containsEntry(
            "usedBy", List.of(String.valueOf(object(at(second, "--json", "status")).get("node"))));
    assertThat(tickets.get(1)).containsEntry("state", "open").containsEntry("left", 2L);
    assertThat(dotf("invite", "--list").output()).doesNotContain(used).doesNotContain(open);

    String id = String.valueOf(tickets.get(1).get("id"));
    assertThat(dotf("invite", "--revoke", id).code()).isZero();
    assertThat(items("invite --list", "tickets").get(1)).containsEntry("state", "revoked");
    Ended refused = at(third, "join", open);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.error()).contains("revoked");
    assertThat(dotf("invite", "--revoke", "00000000").code()).isEqualTo(66);
  }

  @Test
  void leaveAndRemove_needAYes_andAMachineThatIsThere() throws IOException {
    run();
    Path second = made("second");
    start(second);
    at(second, "join", String.valueOf(object("invite").get("ticket")));
    String other = String.valueOf(object(at(second, "--json", "status")).get("node"));

    assertThat(dotf("peers", "--remove", other).code()).isEqualTo(77);
    assertThat(dotf("leave", "--now").code()).isEqualTo(77);
    assertThat(dotf("--json", "peers", "--remove", other).code()).isEqualTo(77);
    assertThat(dotf("peers", "--remove", "0123456789", "--yes").code()).isEqualTo(66);
    assertThat(dotf("peers", "--remove", "0123", "--yes").code()).isEqualTo(2);
    String self = String.valueOf(object("status").get("node"));
    assertThat(dotf("peers", "--remove", self, "--yes").code()).isEqualTo(77);
    assertThat(items("peers", "peers")).hasSize(1);

    Ended removed = dotf("peers", "--remove", other.substring(0, 8), "--yes");
    assertThat(removed.code()).isZero();
    assertThat(removed.output()).contains("for good", "copies asks for", "removed machine");
    assertThat(items("peers", "peers")).isEmpty();
    eventually(
        "the other is told", () -> at(second, "peers").error().contains("removed from its group"));
    assertThat(at(second, "leave").code()).isZero();
    assertThat(at(second, "peers").error()).contains("alone in its group");
  }

  @Test
  void peers_countBlocksHeldForUsAndForThem() throws IOException {
    run();
    Path second = made("second");
    start(second);
    at(second, "join", String.valueOf(object("invite").get("ticket")));
    assertThat(dotf("config", "copies", "1").code()).isZero();
    stored("a.txt", 60_000);
    eventually(
        "the second counts what it holds, and the first what is held",
        () -> {
          long forUs = number(items("peers", "peers").getFirst(), "heldForUs");
          Map<String, @Nullable Object> seen =
              list(object(at(second, "--json", "peers")), "peers").getFirst();
          return forUs > 0
              && forUs == number(seen, "heldForThem")
              && number(seen, "heldForUs") == 0;
        });
  }

  @Test
  void peers_notMetSinceTheStart_saysThatItCannotTell() throws IOException {
    Daemon first = run();
    Path second = made("second");
    Daemon gone = start(second);
    at(second, "join", String.valueOf(object("invite").get("ticket")));
    gone.close();
    first.close();
    running.clear();
    run();
    assertThat(items("peers", "peers").getFirst())
        .containsEntry("connected", false)
        .containsEntry("heldForThem", null);
  }

  @Test
  void status_remindsOfThePhraseUntilItIsConfirmed() throws IOException {
    run();
    assertThat(dotf("status").output()).contains("dotf phrase --confirm");
    String[] words =
        Files.readString(home.resolve("keys/recovery-phrase.txt")).strip().split(" ", -1);
    String asked =
        ((List<?>) Objects.requireNonNull(object("phrase").get("asked")))
            .stream()
                .map(position -> words[Math.toIntExact((Long) position) - 1])
                .collect(Collectors.joining(" "));
    assertThat(with("wrong words here", "phrase", "--confirm").code()).isEqualTo(1);
    assertThat(dotf("status").output()).contains("dotf phrase --confirm");
    assertThat(with(asked, "phrase", "--confirm").code()).isZero();
    assertThat(dotf("status").output()).doesNotContain("phrase");
    assertThat(object("status")).containsEntry("phraseConfirmed", true);
  }

  @Test
  void restore_whereOnlyHoldersAreMissing_isToBeTriedLater() throws IOException {
    run();
    Path second = made("second");
    start(second);
    at(second, "join", String.valueOf(object("invite").get("ticket")));
    dotf("config", "copies", "1");
    stored("a.txt", 60_000);
    Path away = stubsOf("a.txt");
    end();
    running.clear();
    // The first vault's blocks are with the second, which is away; a new store has none of them.
    try (var segments = Files.list(home.resolve("store"))) {
      for (Path segment : segments.toList()) {
        if (Files.isRegularFile(segment)) {
          Files.delete(segment);
        }
      }
    }
    run();
    Ended later = dotf("restore", away.toString());
    assertThat(later.error()).contains("may work later");
    assertThat(later.code()).isEqualTo(75);
    assertThat(dotf("restore", folder.resolve("nothing").toString()).code()).isEqualTo(66);
  }

  @Test
  void free_namesWhatStandsInTheWayByReason() throws IOException {
    run();
    dotf("config", "linger", "1d");
    Path first = Files.writeString(folder.resolve("one"), text(20_000));
    Files.createLink(folder.resolve("two"), first);
    Files.writeString(folder.resolve("three"), text(30_000));
    assertThat(dotf("add", folder.toString()).code()).isZero();
    assertThat(dotf("wait").code()).isZero();
    assertThat(folder.resolve("three.f")).exists();
    dotf("restore", folder.resolve("three").toString());
    Ended ended = dotf("free", folder.toString());
    assertThat(ended.output())
        .contains("replaced   1 file (29.3 KB)")
        .contains("given back")
        .containsPattern("in the way 2 files: has several hard links");
    assertThat(ended.code()).isEqualTo(77);
    assertThat(folder.resolve("three.f")).exists();
  }

  @Test
  void pins_onATerminal_fitItsWidthAndTheirHashesAreTaken() throws IOException {
    stored("a file with a name that is much too long for what is left of the line.txt", 60_000);
    String[] lines = onTerminal("pins").output().split("\n", -1);
    String hash = lines[1].split(" ", -1)[0];
    assertThat(hash).hasSizeBetween(8, 16);
    assertThat(lines)
        .allSatisfy(
            line -> assertThat(line.codePointCount(0, line.length())).isLessThanOrEqualTo(80));
    assertThat(dotf("pin", hash).code()).isZero();
    assertThat(dotf("where", hash).output()).contains("too long");
    assertThat(dotf("unpin", hash).code()).isZero();
    assertThat(dotf("unpin", hash).code()).isEqualTo(77);
    assertThat(dotf("where", "00000000").code()).isEqualTo(66);
    assertThat(dotf("pins").output().lines().toList().get(1).split(" ", -1)[0]).hasSize(64);
    assertThat(onTerminal("-v", "pins").output()).containsPattern("[0-9a-f]{64}");
  }

  @Test
  void help_isThereInAllForms() {
    assertThat(dotf("help").output()).contains("status").contains("restore");
    assertThat(dotf("help", "free").output()).contains("dotf free");
    assertThat(dotf("free", "--help").output()).contains("dotf free");
    assertThat(dotf().error()).contains("status");
    assertThat(dotf().code()).isEqualTo(2);
    assertThat(dotf("free").error()).contains("needs PATH");
  }

  @Test
  void wrongUse_isToldInOneSentence() throws IOException {
    assertThat(dotf("status").code()).isEqualTo(69);
    run();
    for (List<String> wrong :
        List.of(
            List.of("ls", "--no-such"),
            List.of("stats"),
            List.of("config", "prot"),
            List.of("config", "port", "99999"),
            List.of("wait", "--timeout", "5x"),
            List.of("unpin", "xyz"),
            List.of("log", "-f", "--json"),
            List.of("cat", "a", "--range", "5"))) {
      Ended ended = dotf(wrong.toArray(String[]::new));
      assertThat(ended.code()).as(wrong.toString()).isEqualTo(2);
      assertThat(ended.error().lines()).as(wrong.toString()).hasSize(1);
      assertThat(ended.output()).isEmpty();
    }
    assertThat(dotf("config", "prot").error()).contains("port");
  }

  @Test
  void quiet_saysNothingButErrors() throws IOException {
    run();
    assertThat(dotf("-q", "folders")).isEqualTo(new Ended(0, "", ""));
    assertThat(dotf("-q", "status")).isEqualTo(new Ended(0, "", ""));
    assertThat(dotf("-q", "why", "/nowhere").error()).isNotEmpty();
  }

  @Test
  void verbose_showsWholeIdsAndWhereTheLogIs() throws IOException {
    run();
    assertThat(dotf("status").output()).doesNotContain("Group");
    assertThat(dotf("-v", "status").output()).containsPattern("Group +[0-9a-f]{64}");
    assertThat(dotf("-v", "why", "/nowhere").error()).contains("dotf.log");
  }

  private Path made(String name) throws IOException {
    Path made = directory.resolve(name);
    assertThat(at(made, "init").code()).isZero();
    at(made, "config", "port", "0");
    at(made, "config", "settle", "0s");
    at(made, "config", "quarantine", "1s");
    return made;
  }

  private Daemon run() throws IOException {
    return start(home);
  }

  private Daemon start(Path at) throws IOException {
    Daemon daemon = Daemon.start(Home.open(at), Map.of(), Version.NUMBER);
    running.add(daemon);
    return daemon;
  }

  /** A file that a stub stands for, in a running daemon. */
  private void stored(String name, int bytes) throws IOException {
    if (running.isEmpty()) {
      run();
    }
    Files.writeString(folder.resolve(name), text(bytes));
    assertThat(dotf("add", folder.toString()).code()).isZero();
    assertThat(dotf("wait").code()).isZero();
    assertThat(stubsOf(name)).exists();
  }

  private Path stubsOf(String name) {
    return folder.resolve(name + ".f");
  }

  private static String text(int bytes) {
    return IntStream.range(0, bytes / 10)
        .mapToObj("%09d\n"::formatted)
        .collect(Collectors.joining());
  }

  private Ended dotf(String... arguments) {
    return at(home, arguments);
  }

  private Ended onTerminal(String... arguments) {
    return run(home, "", true, arguments);
  }

  private Ended with(String input, String... arguments) {
    return run(home, input, false, arguments);
  }

  private static Ended at(Path home, String... arguments) {
    return run(home, "", false, arguments);
  }

  private static Ended run(Path home, String input, boolean terminal, String... arguments) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of(arguments));
    if (!all.isEmpty() && !all.getFirst().equals("help")) {
      all.addFirst(home.toString());
      all.addFirst("--home");
    }
    Screen screen =
        Screen.of(
            output,
            error,
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            terminal,
            80);
    int code = CommandLineInterface.run(screen, all.toArray(String[]::new));
    return new Ended(
        code, output.toString(StandardCharsets.UTF_8), error.toString(StandardCharsets.UTF_8));
  }

  private Map<String, @Nullable Object> object(String command) throws IOException {
    List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
    arguments.addFirst("--json");
    return object(dotf(arguments.toArray(String[]::new)));
  }

  private static Map<String, @Nullable Object> object(Ended ended) throws IOException {
    assertThat(ended.code()).as(ended.toString()).isZero();
    try (JsonParser parser = new JsonFactory().createParser(ended.output())) {
      assertThat(parser.nextToken()).as(ended.output()).isEqualTo(JsonToken.START_OBJECT);
      Map<String, @Nullable Object> object = fields(parser);
      assertThat(parser.nextToken()).as("one document only").isNull();
      return object;
    }
  }

  private List<Map<String, @Nullable Object>> items(String command, String name)
      throws IOException {
    return list(object(command), name);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, @Nullable Object>> list(
      Map<String, @Nullable Object> object, String name) {
    return (List<Map<String, @Nullable Object>>) Objects.requireNonNull(object.get(name));
  }

  private static long number(Map<String, @Nullable Object> object, String name) {
    return object.get(name) instanceof Long number ? number : -1;
  }

  private static Map<String, @Nullable Object> fields(JsonParser parser) throws IOException {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      fields.put(name, value(parser));
    }
    return fields;
  }

  private static @Nullable Object value(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case START_OBJECT -> fields(parser);
      case START_ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser));
        }
        yield items;
      }
      case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NULL -> null;
      default -> parser.getText();
    };
  }
}
