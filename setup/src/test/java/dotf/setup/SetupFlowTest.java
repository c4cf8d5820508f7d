package dotf.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.setup.ScriptRun.Ended;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The setup script on a program that only remembers what it was told. */
class SetupFlowTest {
  /** Answers as the command line does; keeps its state in the home, and every call in $CALLS. */
  private static final String PROGRAM =
      """
      #!/bin/sh
      home=$2
      shift 2
      [ "$1" = --json ] && shift
      echo "$*" >>"$CALLS"
      case $1 in
        init)
          mkdir -p "$home/keys"
          touch "$home/keys/vault" "$home/dotf.toml"
          echo "dotf home 1" >"$home/format"
          [ "$2" != --recover ] || cat >"$home/words"
          ;;
        config)
          if [ $# = 3 ]; then echo "$3" >"$home/$2"; else cat "$home/$2" 2>/dev/null; fi
          ;;
        start) touch "$home/running" ;;
        stop) rm "$home/running" ;;
        status)
          [ -e "$home/running" ] || exit 69
          stubs=$(cat "$home/stubs" 2>/dev/null)
          known=$(wc -l 2>/dev/null <"$home/ticket")
          printf '{"folders":[{"stubs":0},{"stubs":%s}],' "${stubs:-0}"
          printf '"safety":{"safe":0,"onlyHere":%s,"atRisk":0,"lost":0},' "${stubs:-0}"
          printf '"peers":{"known":%s},"store":{"hostedBlocks":%s}}' "${known:-0}" "${HOSTED:-0}"
          ;;
        join) cat >"$home/ticket" ;;
        add) echo "$2" >>"$home/folders" ;;
        folders) cat "$home/folders" 2>/dev/null || true ;;
        free) mv "$2" "$2.f" ;;
        restore) if [ "$2" = --all ]; then rm -f "$home/stubs"; else mv "$2" "${2%.f}"; fi ;;
      esac
      """;

  @TempDir Path temporary;
  private ScriptRun script;
  private Path home;
  private Path folder;

  @BeforeEach
  void aBuiltRepository() throws IOException {
    script = ScriptRun.in(temporary);
    home = script.user().resolve(".dotf");
    folder = script.user().resolve("My Sync");
    Path built = script.repository().resolve("service/target/dist");
    Files.createDirectories(built.resolve("bin"));
    Files.createDirectories(built.resolve("lib"));
    ScriptRun.program(built.resolve("bin/dotf"), PROGRAM);
    Files.writeString(built.resolve("built"), "");
  }

  @Test
  void firstRun_endsWithARunningAgentAWatchedFolderAndAProof() throws Exception {
    Ended ended = setup("", folder.toString(), "--port", "9000");

    assertThat(ended.code()).as(ended.said()).isZero();
    assertThat(ended.said())
        .contains("became a stub and came back the same")
        .contains("cp some.pdf");
    assertThat(home.resolve("running")).exists();
    assertThat(home.resolve("folders")).hasContent(folder.toString());
    assertThat(home.resolve("port")).hasContent("9000");
    assertThat(script.user().resolve(".local/bin/dotf")).isSymbolicLink().isExecutable();
  }

  @Test
  void secondRun_changesNothingAndSaysSo() throws Exception {
    setup("", folder.toString());
    Files.delete(calls());

    Ended again = setup("", folder.toString());

    assertThat(again.code()).as(again.said()).isZero();
    assertThat(again.said())
        .contains("already: built", "already: installed", "already: there is a home")
        .contains("already: the agent runs", "already: watched", "already: proved");
    assertThat(Files.readAllLines(calls()))
        .allMatch(call -> call.matches("status|folders|config settle"));
  }

  @Test
  void joinAndRecover_readTheTicketThenTheWordsFromStandardInput() throws Exception {
    Ended ended = setup("TICKET-7\nabandon ability\nable\n", "--join", "-", "--recover");

    assertThat(ended.code()).as(ended.said()).isZero();
    assertThat(home.resolve("words")).hasContent("abandon ability\nable");
    assertThat(home.resolve("ticket")).hasContent("TICKET-7");
    assertThat(Files.readString(calls())).doesNotContain("TICKET").contains("join -");
    assertThat(ended.said()).doesNotContain("TICKET").doesNotContain("abandon");
  }

  @Test
  void recover_overAVaultThatIsThere_isRefused() throws Exception {
    setup("");

    assertThat(setup("abandon\n", "--recover").code()).isEqualTo(77);
    assertThat(home.resolve("words")).doesNotExist();
  }

  @Test
  void newerProgram_isInstalledAndTheAgentStartedAgain() throws Exception {
    setup("");
    Path built = script.repository().resolve("service/target/dist");
    ScriptRun.program(built.resolve("bin/dotf"), PROGRAM + "# newer\n");
    Files.writeString(built.resolve("built"), "again");
    Files.delete(calls());

    Ended ended = setup("");

    assertThat(ended.code()).as(ended.said()).isZero();
    assertThat(Files.readAllLines(calls())).contains("restart");
    assertThat(script.user().resolve(".local/lib/dotf/bin/dotf")).content().endsWith("# newer\n");
  }

  @Test
  void uninstall_withStubs_isRefusedUntilTheyAreRestored() throws Exception {
    setup("", folder.toString());
    Files.writeString(home.resolve("stubs"), "3\n");

    Ended refused = setup("", "--uninstall", "--purge");
    assertThat(refused.code()).as(refused.said()).isEqualTo(77);
    assertThat(refused.said()).contains("3 stubs");
    assertThat(home.resolve("running")).as("nothing was stopped").exists();

    Ended done = setup("", "--uninstall", "--restore");
    assertThat(done.code()).as(done.said()).isZero();
    assertThat(script.user().resolve(".local/lib/dotf")).doesNotExist();
    assertThat(script.user().resolve(".local/bin/dotf")).doesNotExist();
    assertThat(home.resolve("running")).doesNotExist();
    assertThat(home.resolve("keys/vault")).as("the home stays").exists();
  }

  @Test
  void purge_whileBlocksOfOthersAreHere_isRefused() throws Exception {
    setup("", folder.toString());

    Ended refused =
        script.run(
            environment(Map.of("HOSTED", "5")), "", "--uninstall", "--purge", "--no-service");
    assertThat(refused.code()).as(refused.said()).isEqualTo(77);
    assertThat(home.resolve("keys/vault")).exists();

    assertThat(setup("", "--uninstall", "--purge").code()).isZero();
    assertThat(home).doesNotExist();
  }

  private Path calls() {
    return temporary.resolve("calls");
  }

  private Map<String, String> environment(Map<String, String> more) {
    var all = new HashMap<>(more);
    all.put("CALLS", calls().toString());
    return all;
  }

  private Ended setup(String input, String... arguments) throws Exception {
    var all = new ArrayList<>(List.of(arguments));
    if (!all.contains("--uninstall")) {
      all.add("--no-service");
    }
    return script.run(environment(Map.of()), input, all.toArray(String[]::new));
  }
}
