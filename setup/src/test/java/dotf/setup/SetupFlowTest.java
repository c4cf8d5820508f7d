package dotf.setup;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.setup.ScriptRun.Ended;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The setup script on a program that only remembers what it was told. */
class SetupFlowTest {
  /** Answers as the command line does; keeps its state in the home, and every call in $CALLS. */
  private static final String PROGRAM =
      """
      #!/bin/sh
      home=$2
      shift 2
      case $1 in --json | --quiet) shift ;; esac
      echo "$*" >>"$CALLS"
      case $1 in
        init)
          mkdir -p "$home/keys"
          touch "$home/keys/vault" "$home/dotf.toml"
          echo "dotf home 1" >"$home/format"
          [ "$2" != --recover ] || cat >"$home/words"
          ;;
        config)
          if [ $# = 3 ]; then
            echo "$3" >"$home/$2"
          elif [ -e "$home/$2" ]; then
            cat "$home/$2"
          else
            case $2 in settle) echo 10s ;; port) echo 8080 ;; reserve) echo auto ;; *) echo home ;; esac
          fi
          ;;
        start) touch "$home/running" ;;
        stop)
          rm "$home/running"
          [ -z "${LATE:-}" ] || echo "dotf-stub 1  This is" >"$LATE"
          ;;
        status)
          [ -e "$home/running" ] || exit 69
          stubs=$(cat "$home/stubs" 2>/dev/null)
          known=$(wc -l 2>/dev/null <"$home/ticket")
          printf '{"folders":[{"stubs":0},{"stubs":%s}],' "${stubs:-0}"
          printf '"safety":{"safe":0,"onlyHere":%s,"atRisk":0,"lost":0},' "${stubs:-0}"
          printf '"space":{"trash":%s},"peers":{"known":%s},' "${TRASH:-0}" "${known:-0}"
          printf '"store":{"hostedBlocks":%s}}' "${HOSTED:-0}"
          ;;
        join) cat >"$home/ticket" ;;
        add)
          case $* in
            *--dry-run*) echo "the agent's preview" ;;
            *) printf '%s\\n' "$2" >>"$home/folders" ;;
          esac
          ;;
        folders)
          printf '{"folders":['
          sed -e 's/[\\\\"]/\\\\&/g' -e 's/.*/{"path":"&"}/' "$home/folders" 2>/dev/null
          echo ']}'
          ;;
        ls) printf '{"files":[{"state":"stub","size":%s,"stubSize":9}]}' "${SIZE:-4096}" ;;
        pins)
          printf '{"pins":[{"kind":"file"}'
          [ -z "${PINNED:-}" ] || printf ',{"kind":"user"}'
          echo ']}'
          ;;
        completion) echo "completions for $2" ;;
        free) mv "$2" "$2.f" ;;
        restore)
          [ -z "${LOST:-}" ] || exit 75
          if [ "$2" = --all ]; then rm -f "$home/stubs"; else mv "$2" "${2%.f}"; fi
          ;;
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
        .allMatch(call -> call.matches("status|folders|config (settle|port)"));
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
  void firstRun_saysWhatWillBeDoneBeforeAnythingIs() throws Exception {
    Files.createDirectories(folder.resolve("sub"));
    Files.write(folder.resolve("sub/large"), new byte[4096]);
    Files.write(folder.resolve("small"), new byte[10]);

    Ended ended = setup("", folder.toString(), "--port", "0");

    assertThat(ended.said())
        .containsSubsequence(
            "== What will be done",
            "home      " + home + ", new",
            "port      0",
            "in the background",
            folder + ": 2 files, 4.0 KB",
            "1 of 4 KiB or more may become stubs",
            "go on (y/n): y",
            "== Install",
            "the agent's preview",
            "watch it (y/n): y",
            "watched");
  }

  @Test
  void busyPort_isToldBefore() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());

      Ended ended = setup("", "--dry-run", "--port", port);

      assertThat(ended.said()).contains("port      " + port + " is busy: the agent takes the next");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/bin/bash, export PATH=\"$HOME/.local/bin:$PATH\", ~/.bashrc",
    "/usr/bin/zsh, export PATH=\"$HOME/.local/bin:$PATH\", ~/.zshrc",
    "/bin/dash, export PATH=\"$HOME/.local/bin:$PATH\", ~/.profile",
    "/usr/bin/fish, fish_add_path ~/.local/bin, dotf",
  })
  void commandNotOnThePath_theLineForTheUsersShellIsPrinted(String shell, String line, String file)
      throws Exception {
    Ended ended =
        script.run(environment(Map.of("SHELL", shell)), "", folder.toString(), "--no-service");

    assertThat(ended.said()).containsSubsequence("  " + line + "\n", file, "Three lines to try");
  }

  @Test
  void commandOnThePath_noLineIsPrinted() throws Exception {
    String path = script.user() + "/.local/bin:" + System.getenv("PATH");

    Ended ended = script.run(environment(Map.of("PATH", path)), "", "--no-service");

    assertThat(ended.code()).as(ended.said()).isZero();
    assertThat(ended.said()).doesNotContain("PATH");
  }

  @Test
  void linesToTry_areTypedAsAShellNeedsThem() throws Exception {
    assertThat(setup("", folder.toString()).said()).contains("cp some.pdf ~/My\\ Sync  ");
    assertThat(setup("", script.user() + "/Plain").said()).contains("cp some.pdf ~/Plain  ");
  }

  @Test
  void folderWhoseNameBeginsLikeAWatchedOne_isWatchedToo() throws Exception {
    setup("", folder + "2");

    assertThat(setup("", folder.toString()).said()).doesNotContain("already: watched");
    assertThat(home.resolve("folders")).content().contains(folder + "\n");
  }

  @Test
  void folderWithQuotesAndBackslashes_isKnownAgain() throws Exception {
    String odd = script.user() + "/a \"b\" \\n c";
    setup("", odd);

    assertThat(setup("", odd).said()).contains("already: watched");
  }

  @Test
  void uninstall_agentStopped_isStartedToBeAsked() throws Exception {
    setup("", folder.toString());
    Files.writeString(home.resolve("stubs"), "1\n");
    Files.delete(home.resolve("running"));

    Ended refused = setup("", "--uninstall");

    assertThat(refused.code()).as(refused.said()).isEqualTo(77);
    assertThat(refused.said()).contains("1 stub is left", "--restore");
  }

  @Test
  void uninstall_filesDoNotFit_isRefusedBeforeAnyIsRestored() throws Exception {
    setup("", folder.toString());
    Files.writeString(home.resolve("stubs"), "1\n");

    Ended refused =
        script.run(environment(Map.of("SIZE", "9000000000000000")), "", "--uninstall", "--restore");

    assertThat(refused.code()).as(refused.said()).isEqualTo(77);
    assertThat(refused.said()).contains("needs 8.0 PB", "reserve");
    assertThat(home.resolve("stubs")).exists();
  }

  @Test
  void uninstall_notEveryFileComesBack_nothingIsRemoved() throws Exception {
    setup("", folder.toString());
    Files.writeString(home.resolve("stubs"), "1\n");

    Ended refused =
        script.run(environment(Map.of("LOST", "1")), "", "--uninstall", "--restore", "--purge");

    assertThat(refused.code()).as(refused.said()).isEqualTo(77);
    assertThat(home.resolve("keys/vault")).exists();
    assertThat(home.resolve("running")).exists();
  }

  @Test
  void uninstall_fileBecomesAStubAtTheLastMoment_nothingIsRemovedAndTheAgentRuns()
      throws Exception {
    setup("", folder.toString());
    String late = folder.resolve("late.f").toString();

    Ended refused =
        script.run(environment(Map.of("LATE", late)), "", "--uninstall", "--restore", "--purge");

    assertThat(refused.code()).as(refused.said()).isEqualTo(77);
    assertThat(home.resolve("keys/vault")).exists();
    assertThat(home.resolve("running")).exists();
  }

  @ParameterizedTest
  @CsvSource({"HOSTED, 5, dotf leave", "TRASH, 4096, dotf undelete", "PINNED, 1, dotf unpin"})
  void purge_whileSomethingNeedsTheBlocks_isRefusedAndSaysWhat(
      String what, String number, String remedy) throws Exception {
    setup("", folder.toString());

    Ended refused =
        script.run(environment(Map.of(what, number)), "", "--uninstall", "--restore", "--purge");
    assertThat(refused.code()).as(refused.said()).isEqualTo(77);
    assertThat(refused.said()).contains(remedy);
    assertThat(home.resolve("keys/vault")).exists();
    assertThat(home.resolve("running")).exists();

    assertThat(setup("", "--uninstall", "--purge").code()).isZero();
    assertThat(home).doesNotExist();
  }

  @Test
  void purge_takesMarksCompletionsAndAStoreElsewhere_andNothingOfTheUsers() throws Exception {
    script.run(environment(Map.of("SHELL", "/bin/bash")), "", folder.toString(), "--no-service");
    Path store = Files.createDirectory(script.user().resolve("store"));
    Files.writeString(store.resolve("00000001.seg"), "");
    Files.writeString(home.resolve("store.path"), store + "\n");
    Files.createDirectories(folder.resolve(".dotf/q"));
    Files.writeString(folder.resolve(".dotf/folder"), "");
    Files.writeString(folder.resolve("mine"), "");

    Ended ended = setup("", "--uninstall", "--purge");

    assertThat(ended.code()).as(ended.said()).isZero();
    assertThat(store).doesNotExist();
    assertThat(folder).isDirectoryNotContaining(file -> file.endsWith(".dotf"));
    assertThat(folder.resolve("mine")).exists();
    try (var left = Files.walk(script.user())) {
      assertThat(left.filter(Files::isRegularFile)).containsExactly(folder.resolve("mine"));
    }
  }

  /**
   * Whatever a run did before it was killed, the next one goes on, and in the end nothing is left.
   */
  @ParameterizedTest
  @ValueSource(strings = {"rm", "mv", "rmdir", "find"})
  void uninstallKilledAtAnyStep_runAgain_isComplete(String tool) throws Exception {
    for (int step = 1; step < 12; step++) {
      script.run(environment(Map.of("SHELL", "/bin/bash")), "", folder.toString(), "--no-service");
      Path bin = killing(tool, step);
      String path = bin + ":" + System.getenv("PATH");
      int code = script.run(environment(Map.of("PATH", path)), "", "--uninstall", "--purge").code();

      Ended again = setup("", "--uninstall", "--purge");

      assertThat(again.code()).as(again.said()).isZero();
      assertThat(home).doesNotExist();
      assertThat(Path.of(home + ".purged")).doesNotExist();
      assertThat(script.user().resolve(".local/lib")).isEmptyDirectory();
      assertThat(script.user().resolve(".local/bin")).isEmptyDirectory();
      if (code == 0) {
        return;
      }
    }
    throw new AssertionError("the script calls " + tool + " more often than expected");
  }

  /**
   * A directory with a program that kills the script instead of doing its work for the nth time.
   */
  private Path killing(String tool, int nth) throws IOException {
    Path bin = Files.createDirectories(temporary.resolve("killing-" + tool));
    Path count = bin.resolve("count");
    Files.deleteIfExists(count);
    ScriptRun.program(
        bin.resolve(tool),
        """
        #!/bin/bash
        echo >>%1$s
        if [ "$(wc -l <%1$s)" = %2$d ]; then
          kill -KILL $PPID
          exit 1
        fi
        PATH=${PATH#*:}
        exec %3$s "$@"
        """
            .formatted(count, nth, tool));
    return bin;
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
