package dotf.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.watcher.Verdict.Ignore;
import dotf.watcher.Verdict.Keep;
import dotf.watcher.Verdict.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class IgnoreRulesTest {
  private final Map<String, String> files = new HashMap<>();
  private final IgnoreRules rules = new IgnoreRules(files::get);

  private Verdict file(String path) {
    return rules.verdict(path, false);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "notes.tmp",
        "a/.notes.txt.swp",
        "notes~",
        "a/.~lock.letter.odt#",
        "~$letter.docx",
        "film.part",
        "film.crdownload",
        ".#locked",
        "#saved#",
        ".dotf/q/anything",
        ".dotf"
      })
  void temporaryAndLockFiles_areIgnored(String path) {
    assertThat(file(path)).isInstanceOf(Ignore.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ".git/objects/ab/cdef",
        "code/.git/index",
        "bare.git/HEAD",
        "code/.hg/store/x",
        ".svn/wc.db",
        "web/node_modules/left-pad/index.js",
        "photos.sqlite",
        "photos.sqlite3-wal",
        "Thumbs.db",
        "data.mdb",
        "mail.pst",
        "Maildir/cur/1",
        ".dotfignore",
        "a/.dotfkeep"
      })
  void treesOfTools_databases_mail_rules_areKept(String path) {
    assertThat(file(path)).isInstanceOf(Keep.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a.txt", "Cargo.lock", "git/x", "a.db.txt", "dotf", "a/.dotf/x", "part", "x.f"})
  void everythingElse_isStored(String path) {
    assertThat(file(path)).isEqualTo(new Store());
  }

  @Test
  void verdict_namesTheRuleAndWhereItStands() {
    files.put(".dotfignore", "# mine\n\n*.iso\n");
    files.put("a/.dotfkeep", "/raw\n");
    assertThat(file("x/y.iso")).isEqualTo(new Ignore("'*.iso' (.dotfignore, line 3)"));
    assertThat(file("a/raw/1")).isEqualTo(new Keep("'/raw' (a/.dotfkeep, line 1)"));
    assertThat(file("n.tmp")).isEqualTo(new Ignore("'*.tmp' (a default rule, line 4)"));
    assertThat(file("b/raw/1")).isEqualTo(new Store());
  }

  @Test
  void nearestFileAndLastLine_win() {
    files.put(".dotfignore", "*.log\n");
    files.put("a/.dotfignore", "!*.log\nx.log\n");
    assertThat(file("b/y.log")).isInstanceOf(Ignore.class);
    assertThat(file("a/y.log")).isEqualTo(new Store());
    assertThat(file("a/b/x.log")).isInstanceOf(Ignore.class);
  }

  @Test
  void defaults_canBeLifted() {
    files.put(".dotfignore", "!*.tmp\n");
    files.put(".dotfkeep", "!*.db\n!.git\n!node_modules/\n");
    assertThat(file("a.tmp")).isEqualTo(new Store());
    assertThat(file("a.db")).isEqualTo(new Store());
    assertThat(file("node_modules/x")).isEqualTo(new Store());
    assertThat(file(".git/x")).isEqualTo(new Store());
    assertThat(file(".hg/x")).isInstanceOf(Keep.class);
  }

  @Test
  void belowAnIgnoredDirectory_nothingComesBack() {
    files.put(".dotfignore", "build/\n");
    files.put("build/.dotfignore", "!*\n");
    assertThat(file("build/a/b")).isEqualTo(new Ignore("'build/' (.dotfignore, line 1)"));
    assertThat(rules.verdict("build", true)).isInstanceOf(Ignore.class);
    assertThat(rules.verdict("build", false)).isEqualTo(new Store());
  }

  @Test
  void ignoring_isStrongerThanKeeping() {
    files.put(".dotfkeep", "*\n");
    assertThat(file("a.tmp")).isInstanceOf(Ignore.class);
    assertThat(file("node_modules/a.tmp")).isInstanceOf(Ignore.class);
  }

  @Test
  void senselessLines_areReportedAndPassedOver() {
    files.put(".dotfignore", "[\n*.iso\n[z-\n" + "*a".repeat(40) + "\n/\n");
    assertThat(file("x.iso")).isInstanceOf(Ignore.class);
    assertThat(file("z")).isEqualTo(new Store());
    assertThat(rules.problems()).isNotEmpty().allMatch(problem -> problem.contains(".dotfignore"));
    assertThat(rules.problems().toString()).contains("line 1").doesNotContain("line 2");
  }

  @Test
  void hostilePattern_doesNotHang() {
    files.put(".dotfignore", "*a*a*ab\n**/*a*a*ab\n" + "**/a/".repeat(3) + "b\n" + "*a*a*a*ab\n");
    assertThat(file("a".repeat(250) + "/" + "a".repeat(250))).isEqualTo(new Store());
    assertThat(file("a/".repeat(200) + "a")).isEqualTo(new Store());
    assertThat(rules.problems()).hasSize(1).first().asString().contains("line 4");
  }

  @Test
  void markAndCarriageReturns_ofWindowsEditors_areNoPartOfARule() {
    files.put(".dotfignore", "\uFEFF*.iso\r\n*.img\r\n");
    assertThat(file("a.iso")).isInstanceOf(Ignore.class);
    assertThat(file("a.img")).isInstanceOf(Ignore.class);
  }

  @Test
  void rules_areReadOnceUntilReload() {
    assertThat(file("a.iso")).isEqualTo(new Store());
    files.put(".dotfignore", "*.iso\n");
    assertThat(file("a.iso")).isEqualTo(new Store());
    rules.reload();
    assertThat(file("a.iso")).isInstanceOf(Ignore.class);
  }

  @Test
  void veryDeepPath_isJudged() {
    files.put(".dotfignore", "*.iso\n");
    assertThat(file("d/".repeat(2500) + "x.iso")).isInstanceOf(Ignore.class);
  }

  @Test
  void unreadableRules_keepEverythingBelow(@TempDir Path root) throws IOException {
    Files.createDirectories(root.resolve("big"));
    Files.createDirectories(root.resolve("link"));
    Files.createDirectories(root.resolve("directory/.dotfkeep"));
    Files.writeString(root.resolve("big/.dotfignore"), "x".repeat(RuleSource.FILE_BYTES_MAX + 1));
    Files.createSymbolicLink(root.resolve("link/.dotfignore"), Path.of("../good"));
    Files.writeString(root.resolve(".dotfignore"), "*.iso\n");
    IgnoreRules onDisk = IgnoreRules.of(root);
    assertThat(onDisk.verdict("x.iso", false)).isInstanceOf(Ignore.class);
    assertThat(onDisk.verdict("y", false)).isEqualTo(new Store());
    for (String path : new String[] {"big/a/b", "link/a", "directory/a"}) {
      assertThat(onDisk.verdict(path, false)).as(path).isInstanceOf(Keep.class);
    }
    assertThat(onDisk.problems()).hasSize(3);
    assertThat(onDisk.verdict("big/x.iso", false)).isInstanceOf(Ignore.class);
  }

  @Test
  void workTree_isKeptAsByADefaultRule(@TempDir Path root) throws IOException {
    Files.createDirectories(root.resolve("code/.git"));
    Files.createDirectories(root.resolve("code/src"));
    Files.createDirectories(root.resolve("other/.hg"));
    Files.createDirectories(root.resolve("linked"));
    Files.createDirectories(root.resolve("built"));
    Files.writeString(root.resolve("built/pom.xml"), "<project/>");
    Files.writeString(root.resolve("linked/.git"), "gitdir: ../code/.git/worktrees/linked\n");
    Files.writeString(root.resolve("code/.dotfkeep"), "!*.mp4\n");
    IgnoreRules onDisk = IgnoreRules.of(root);
    assertThat(onDisk.verdict("code/src/a.c", false))
        .isEqualTo(new Keep("a work tree (code/.git)"));
    assertThat(onDisk.verdict("other/target/a.class", false)).isInstanceOf(Keep.class);
    assertThat(onDisk.verdict("linked/a.c", false)).isInstanceOf(Keep.class);
    assertThat(onDisk.verdict("built/target/a.class", false))
        .isEqualTo(new Keep("a work tree (built/pom.xml)"));
    assertThat(onDisk.verdict("code/src/a.mp4", false)).isEqualTo(new Store());
    assertThat(onDisk.verdict("code/x.tmp", false)).isInstanceOf(Ignore.class);
    assertThat(onDisk.verdict("a.c", false)).isEqualTo(new Store());
  }

  @Test
  void decidesRules_knowsRuleFilesAndWhatMakesAWorkTree() {
    assertThat(IgnoreRules.decidesRules("a/.dotfignore")).isTrue();
    assertThat(IgnoreRules.decidesRules(".dotfkeep")).isTrue();
    assertThat(IgnoreRules.decidesRules("a/.git")).isTrue();
    assertThat(IgnoreRules.decidesRules("a/.git/HEAD")).isFalse();
    assertThat(IgnoreRules.decidesRules("a/x.dotfkeep")).isFalse();
  }
}
