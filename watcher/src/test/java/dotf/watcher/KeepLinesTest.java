package dotf.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.fixtures.Seed;
import dotf.watcher.Verdict.Keep;
import dotf.watcher.Verdict.Store;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class KeepLinesTest {
  private static final String LETTERS = "ab*?[]\\!# -^{}()+|é\uD83D\uDE00\n\r\t";

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static Verdict verdict(String line, String path, boolean directory) {
    Map<String, String> files = Map.of(IgnoreRules.KEEP_FILE, line + "\n");
    return new IgnoreRules(files::get).verdict(path, directory);
  }

  /** A path of strange names; no default rule has a say in it. */
  static String path(Random random) {
    StringBuilder path = new StringBuilder();
    int components = 1 + random.nextInt(3);
    int[] letters = LETTERS.codePoints().toArray();
    for (int i = 0; i < components; i++) {
      path.append(i > 0 ? "/" : "");
      for (int length = 1 + random.nextInt(6); length > 0; length--) {
        path.appendCodePoint(letters[random.nextInt(letters.length)]);
      }
      path.append(List.of("x", " ", "  ", "\t", "!", "]").get(random.nextInt(6)));
    }
    return path.toString();
  }

  @Test
  void theLineOfAPath_takesItIn_whateverItsName() {
    Random random = Seed.random("keep lines");
    for (int i = 0; i < 5000; i++) {
      String path = path(random);
      String other = path(random);
      boolean directory = random.nextBoolean();
      String line = KeepLines.of(path, directory);
      assertThat(line).doesNotContain("\n").doesNotContain("\r");
      assertThat(verdict(line, path, directory))
          .as("%s for [%s]", line, path)
          .isEqualTo(new Keep("'" + line.strip() + "' (.dotfkeep, line 1)"));
      if (directory) {
        assertThat(verdict(line, path + "/below", false)).as(line).isInstanceOf(Keep.class);
        assertThat(verdict(line, path, false)).as(line).isEqualTo(new Store());
      }
      if (!isTakenInToo(line, other)) {
        assertThat(verdict(line, other, directory))
            .as("%s for [%s]", line, other)
            .isEqualTo(new Store());
      }
      assertThat(verdict(line, "sub/" + path, directory)).as(line).isEqualTo(new Store());
    }
  }

  /** Whether a path has, where the line says anything, that very letter. */
  private static boolean isTakenInToo(String line, String path) {
    String plain = line.replaceFirst("/$", "").substring(1);
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < plain.length(); i++) {
      char c = plain.charAt(i);
      if (c == '\\') {
        pattern.append(Pattern.quote(plain.substring(++i, i + 1)));
      } else {
        pattern.append(c == '?' ? "[^/]" : Pattern.quote(plain.substring(i, i + 1)));
      }
    }
    return Pattern.compile(pattern + "(/.*)?", Pattern.DOTALL).matcher(path).matches();
  }

  @Test
  void theWholeFolder_isOneLine() {
    String line = KeepLines.of("", true);
    assertThat(verdict(line, "a", false)).isInstanceOf(Keep.class);
    assertThat(verdict(line, "a/b/c", false)).isInstanceOf(Keep.class);
    assertThat(verdict(line, ".hidden/b", false)).isInstanceOf(Keep.class);
  }

  @Test
  void aLine_isAddedAndRemoved_andNoOtherByteChanges() {
    Random random = Seed.random("keep files");
    for (int i = 0; i < 2000; i++) {
      byte[] users = new byte[random.nextInt(60)];
      random.nextBytes(users);
      for (int at = 0; at < users.length; at++) {
        users[at] = random.nextInt(8) == 0 ? (byte) '\n' : (byte) (users[at] & 0x7f);
      }
      String line = KeepLines.of(path(random), random.nextBoolean());
      byte[] with = KeepLines.with(users, line);
      assertThat(text(with)).startsWith(text(users)).endsWith(line + "\n");
      byte[] without = KeepLines.without(with, line);
      boolean ended = users.length == 0 || users[users.length - 1] == '\n';
      assertThat(without).isEqualTo(ended ? users : bytesAnd(users, '\n'));
      assertThat(KeepLines.without(without, line)).isEqualTo(without);
    }
  }

  private static byte[] bytesAnd(byte[] bytes, char last) {
    byte[] all = java.util.Arrays.copyOf(bytes, bytes.length + 1);
    all[bytes.length] = (byte) last;
    return all;
  }

  @Test
  void onlyTheVeryLine_isRemoved() {
    byte[] file = bytes("# mine\r\n/a\r\n/a/\n/ab\n !/a\n/a\n/a");
    assertThat(text(KeepLines.without(file, "/a"))).isEqualTo("# mine\r\n/a/\n/ab\n !/a\n");
    assertThat(text(KeepLines.without(file, "/c"))).isEqualTo(text(file));
  }
}
