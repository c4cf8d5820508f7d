package dotf.setup;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;

/**
 * {@code dotf.toml}: the settings that differ from the defaults, among comments that explain all of
 * them. Edits change one line and leave every other byte as the user wrote it.
 *
 * <p>One thread at a time may write.
 */
public final class ConfigFile {
  private static final Pattern TABLE = Pattern.compile("\\s*\\[.*");

  /** Larger than any file that a person writes by hand. */
  private static final long MAX_BYTES = 1 << 20;

  private final Path file;

  /**
   * @param file {@link Home#configFile()}
   */
  public ConfigFile(Path file) {
    this.file = file;
  }

  /** Writes the commented file with every setting at its default, unless there is a file. */
  void create() throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      try {
        OwnerOnly.create(file, template().getBytes(StandardCharsets.UTF_8));
      } catch (FileAlreadyExistsException wonByAnother) {
        // as good
      }
    }
  }

  /**
   * Reads the settings; what the file does not name has its default, as has all where there is no
   * file.
   *
   * @throws InvalidConfigException when the file says something that cannot be; it lists all of it
   * @throws IOException when the file cannot be read
   */
  public Config read() throws IOException {
    return parse(text());
  }

  /**
   * Changes one setting, in one step.
   *
   * @param value as a user writes it
   * @return the settings that the file now holds
   * @throws IllegalArgumentException when the value is none for this setting
   * @throws InvalidConfigException when the file would then, or does already, say something that
   *     cannot be; it stays as it was
   * @throws IOException when the file cannot be read or written
   */
  public Config set(Setting setting, String value) throws IOException {
    String before = text();
    String canonical = Config.defaults().with(setting, value).text(setting);
    String after = edited(before, setting, canonical);
    Config config = parse(after);
    if (!config.text(setting).equals(canonical)) {
      throw new IOException(
          file + " has an unusual form; please change " + setting.key() + " there by hand");
    }
    if (!after.equals(before)) {
      OwnerOnly.replace(file, after.getBytes(StandardCharsets.UTF_8));
    }
    return config;
  }

  /** The file as it is made: every setting explained, with its default, commented out. */
  static String template() {
    StringBuilder text =
        new StringBuilder(
            """
            # Settings of dotf. Each has its default until its line is written without the #.
            # To change one: dotf config KEY VALUE, or edit here and run: dotf restart
            """);
    for (Setting setting : Setting.values()) {
      text.append('\n');
      setting.meaning().lines().forEach(line -> text.append("# ").append(line).append('\n'));
      text.append("# ").append(assignment(setting, setting.standard())).append('\n');
    }
    return text.toString();
  }

  private String text() throws IOException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IOException(file + " is too large to be a file of settings");
      }
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    }
  }

  private Config parse(String text) throws InvalidConfigException {
    TomlParseResult toml = Toml.parse(text);
    List<String> problems = new ArrayList<>();
    toml.errors()
        .forEach(error -> problems.add(place(error.position()) + "is not TOML: " + reason(error)));
    Config config = Config.defaults();
    for (String key : toml.dottedKeySet()) {
      String line = place(toml.inputPositionOf(key));
      Setting setting = Setting.named(key).orElse(null);
      if (setting == null) {
        problems.add(line + "\"" + key + "\" is no setting" + Setting.didYouMean(key));
        continue;
      }
      Object value = toml.get(key);
      if (!(value instanceof String || value instanceof Long)) {
        problems.add(line + key + " must be " + setting.described());
        continue;
      }
      try {
        config = config.with(setting, value.toString());
      } catch (IllegalArgumentException e) {
        problems.add(line + key + ": " + e.getMessage());
      }
    }
    problems.addAll(config.contradictions());
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(file, problems);
    }
    return config;
  }

  private static String edited(String text, Setting setting, String value) {
    List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
    TomlParseResult toml = Toml.parse(text);
    TomlPosition position = toml.inputPositionOf(setting.key());
    if (position != null) {
      int index = position.line() - 1;
      lines.set(index, revalued(lines.get(index), setting, value));
    } else {
      lines.add(placeFor(lines, setting), assignment(setting, value));
    }
    String joined = String.join("\n", lines);
    return joined.endsWith("\n") ? joined : joined + "\n";
  }

  /** The line with another value; what stands before it and the comment behind it stay. */
  private static String revalued(String line, Setting setting, String value) {
    int equals = line.indexOf('=');
    if (equals < 0) {
      return line;
    }
    int comment = comment(line, equals);
    String tail = comment < 0 ? "" : "  " + line.substring(comment);
    return line.substring(0, equals + 1) + " " + literal(setting, value) + tail;
  }

  /** Where the comment of a line starts, behind {@code from} and outside quotes; -1: nowhere. */
  private static int comment(String line, int from) {
    char quote = 0;
    for (int i = from; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote == 0 && c == '#') {
        return i;
      }
      if (quote == 0 && (c == '"' || c == '\'')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
    }
    return -1;
  }

  /** Behind the commented default if it is still there, else at the end of the first table. */
  private static int placeFor(List<String> lines, Setting setting) {
    int end = lines.size();
    for (int i = 0; i < end; i++) {
      if (TABLE.matcher(lines.get(i)).matches()) {
        end = i;
      } else if (lines.get(i).startsWith("# " + setting.key() + " = ")) {
        return i + 1;
      }
    }
    boolean finalNewline = end == lines.size() && lines.getLast().isEmpty();
    return finalNewline ? end - 1 : end;
  }

  private static String assignment(Setting setting, String value) {
    return setting.key() + " = " + literal(setting, value);
  }

  private static String literal(Setting setting, String value) {
    return setting.domain() instanceof Domain.Whole
        ? value
        : '"' + Toml.tomlEscape(value).toString() + '"';
  }

  private static String place(@Nullable TomlPosition position) {
    return position == null ? "" : "line " + position.line() + ": ";
  }

  private static String reason(Throwable error) {
    return String.valueOf(error.getMessage()).lines().findFirst().orElse("cannot be read");
  }
}
