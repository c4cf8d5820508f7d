package dotf.setup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.LIST;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConfigFileTest {
  @TempDir Path directory;

  private Path path;
  private ConfigFile file;

  @BeforeEach
  void setUp() {
    path = directory.resolve("dotf.toml");
    file = new ConfigFile(path);
  }

  @Test
  void read_noFile_givesTheDefaults() throws IOException {
    assertThat(file.read()).isEqualTo(Config.defaults());
  }

  @Test
  void create_explainsEverySettingAndChangesNone() throws IOException {
    file.create();

    assertThat(file.read()).isEqualTo(Config.defaults());
    assertThat(Files.readString(path)).contains("# settle = \"10s\"").contains("# port = 8080");
    assertThat(Files.readAllLines(path)).allMatch(line -> line.isEmpty() || line.startsWith("# "));
  }

  @ParameterizedTest
  @EnumSource(Setting.class)
  void template_uncommented_isTheDefault(Setting setting) throws IOException {
    Files.writeString(
        path, ConfigFile.template().replace("# " + setting.key() + " =", setting.key() + " ="));

    assertThat(file.read()).isEqualTo(Config.defaults());
  }

  @Test
  void set_newSetting_goesBelowItsExplanationAndNothingElseMoves() throws IOException {
    file.create();
    String before = Files.readString(path);

    assertThat(file.set(Setting.SETTLE, "200ms").settle()).isEqualTo(Duration.ofMillis(200));

    assertThat(Files.readString(path))
        .contains("# settle = \"10s\"\nsettle = \"200ms\"\n")
        .satisfies(text -> assertThat(text.replace("settle = \"200ms\"\n", "")).isEqualTo(before));
  }

  @Test
  void set_knownSetting_keepsOrderIndentAndComments() throws IOException {
    Files.writeString(
        path,
        """
        # mine
          copies = 3   # three friends
        port = 8081

        store.path = '/a # b' # not the comment
        # end\
        """);

    file.set(Setting.COPIES, "4");
    file.set(Setting.STORE_PATH, "/mnt/\"quoted\" # path");

    assertThat(Files.readString(path))
        .isEqualTo(
            """
            # mine
              copies = 4  # three friends
            port = 8081

            store.path = "/mnt/\\"quoted\\" # path"  # not the comment
            # end
            """);
    assertThat(file.read().text(Setting.STORE_PATH)).isEqualTo("/mnt/\"quoted\" # path");
  }

  @Test
  void set_settingInATable_isChangedThere() throws IOException {
    Files.writeString(path, "port = 1\n[store]\nlimit = \"1GB\" # for now\n");

    file.set(Setting.STORE_LIMIT, "2GB");
    file.set(Setting.COPIES, "1");

    assertThat(Files.readString(path))
        .isEqualTo("port = 1\ncopies = 1\n[store]\nlimit = \"2GB\"  # for now\n");
  }

  @Test
  void set_sameValueTwice_leavesTheFileAlone() throws IOException {
    file.set(Setting.PORT, "9000");
    var written = Files.getLastModifiedTime(path);
    Object inode = Files.getAttribute(path, "unix:ino");

    file.set(Setting.PORT, "9000");

    assertThat(Files.getLastModifiedTime(path)).isEqualTo(written);
    assertThat(Files.getAttribute(path, "unix:ino")).isEqualTo(inode);
  }

  @Test
  void set_valueThatContradictsAnother_isRefusedAndTheFileStays() throws IOException {
    file.set(Setting.TRASH, "1h");
    String before = Files.readString(path);

    assertThatThrownBy(() -> file.set(Setting.QUARANTINE, "2h"))
        .isInstanceOf(InvalidConfigException.class);

    assertThat(Files.readString(path)).isEqualTo(before);
  }

  @Test
  void set_formThatCannotBeEditedByLine_isRefusedAndTheFileStays() throws IOException {
    String before = "store = { limit = \"1GB\", path = \"/a\" }\n";
    Files.writeString(path, before);

    assertThatThrownBy(() -> file.set(Setting.STORE_PATH, "/b")).isInstanceOf(IOException.class);

    assertThat(Files.readString(path)).isEqualTo(before);
  }

  @Test
  void read_manyProblems_namesThemAllWithTheirLines() throws IOException {
    Files.writeString(path, "prot = 1\nport = 70000\nsettle = 10\ncopies = [1]\nlinger = \"1h\"\n");

    assertThatThrownBy(file::read)
        .asInstanceOf(type(InvalidConfigException.class))
        .extracting(InvalidConfigException::problems)
        .asInstanceOf(LIST)
        .hasSize(4)
        .satisfiesOnlyOnce(
            p -> assertThat(p).asString().startsWith("line 1: ").contains("mean port"))
        .satisfiesOnlyOnce(p -> assertThat(p).asString().startsWith("line 2: port: \"70000\""))
        .satisfiesOnlyOnce(p -> assertThat(p).asString().startsWith("line 3: settle: \"10\""))
        .satisfiesOnlyOnce(p -> assertThat(p).asString().startsWith("line 4: copies must be"));
  }

  @Test
  void read_notToml_saysWhere() throws IOException {
    Files.writeString(path, "port = 8080\n???\n");

    assertThatThrownBy(file::read)
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("line 2: is not TOML");
  }

  @Test
  void read_hugeFile_isRefusedUnread() throws IOException {
    Files.write(path, new byte[(1 << 20) + 1]);

    assertThatThrownBy(file::read).hasMessageContaining("too large");
  }
}
