package dotf.setup;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The values that a setting may take: how they are written, read and bounded. */
sealed interface Domain {

  /**
   * Reads a value.
   *
   * @throws IllegalArgumentException saying what a value looks like
   */
  Object parse(String text);

  /** Writes a value as {@link #parse} reads it. */
  String format(Object value);

  /** The values, in a phrase. */
  String described();

  /** Whole numbers. */
  record Whole(int min, int max) implements Domain {
    @Override
    public Object parse(String text) {
      try {
        int value = Integer.parseInt(text);
        if (value >= min && value <= max) {
          return value;
        }
      } catch (NumberFormatException e) {
        // told below
      }
      throw refused(text, this);
    }

    @Override
    public String format(Object value) {
      return value.toString();
    }

    @Override
    public String described() {
      return "a whole number from " + min + " to " + max;
    }
  }

  /** Lengths of time: a whole number and a unit. */
  record Time(Duration min, Duration max) implements Domain {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9}) ?(ms|s|m|h|d)");

    @Override
    public Object parse(String text) {
      Matcher matcher = FORM.matcher(text);
      if (matcher.matches()) {
        Duration value = of(Long.parseLong(matcher.group(1)), matcher.group(2));
        if (value.compareTo(min) >= 0 && value.compareTo(max) <= 0) {
          return value;
        }
      }
      throw refused(text, this);
    }

    @Override
    public String format(Object value) {
      Duration time = (Duration) value;
      for (String unit : List.of("d", "h", "m", "s")) {
        long whole = time.dividedBy(of(1, unit));
        if (whole > 0 && of(whole, unit).equals(time)) {
          return whole + unit;
        }
      }
      return time.isZero() ? "0s" : time.toMillis() + "ms";
    }

    @Override
    public String described() {
      return "a time with its unit (ms, s, m, h, d) from " + format(min) + " to " + format(max);
    }

    private static Duration of(long number, String unit) {
      return switch (unit) {
        case "ms" -> Duration.ofMillis(number);
        case "s" -> Duration.ofSeconds(number);
        case "m" -> Duration.ofMinutes(number);
        case "h" -> Duration.ofHours(number);
        default -> Duration.ofDays(number);
      };
    }
  }

  /**
   * Numbers of bytes: a number and a unit, decimal (kB, MB, GB, TB) or binary (KiB, MiB, GiB, TiB).
   *
   * @param word a word that may stand instead of a number, or empty
   * @param wordValue what the word is kept as
   */
  record Size(long min, long max, String word, long wordValue) implements Domain {
    private static final Pattern FORM =
        Pattern.compile("(\\d{1,18}) ?(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?");
    private static final List<String> DECIMAL = List.of("B", "kB", "MB", "GB", "TB");
    private static final List<String> BINARY = List.of("B", "KiB", "MiB", "GiB", "TiB");

    @Override
    public Object parse(String text) {
      if (!word.isEmpty() && text.equals(word)) {
        return wordValue;
      }
      Matcher matcher = FORM.matcher(text);
      if (matcher.matches()) {
        String unit = matcher.group(2) == null ? "B" : matcher.group(2).replace("KB", "kB");
        long scale = BINARY.contains(unit) ? binary(unit) : decimal(unit);
        try {
          long value = Math.multiplyExact(Long.parseLong(matcher.group(1)), scale);
          if (value >= min && value <= max) {
            return value;
          }
        } catch (ArithmeticException e) {
          // told below
        }
      }
      throw refused(text, this);
    }

    @Override
    public String format(Object value) {
      long bytes = (Long) value;
      if (!word.isEmpty() && bytes == wordValue) {
        return word;
      }
      String shortest = bytes + "B";
      for (int power = 1; power < BINARY.size() && bytes > 0; power++) {
        if (bytes % binary(BINARY.get(power)) == 0) {
          shortest = bytes / binary(BINARY.get(power)) + BINARY.get(power);
        } else if (bytes % decimal(DECIMAL.get(power)) == 0) {
          shortest = bytes / decimal(DECIMAL.get(power)) + DECIMAL.get(power);
        }
      }
      return shortest;
    }

    @Override
    public String described() {
      return "a size with its unit (B, kB, MB, GB, TB, KiB, MiB, GiB, TiB) from "
          + format(min)
          + " to "
          + format(max)
          + (word.isEmpty() ? "" : ", or \"" + word + "\"");
    }

    private static long binary(String unit) {
      return 1L << (10 * BINARY.indexOf(unit));
    }

    private static long decimal(String unit) {
      long scale = 1;
      for (int i = 0; i < DECIMAL.indexOf(unit); i++) {
        scale *= 1000;
      }
      return scale;
    }
  }

  /** One of a few words. */
  record Choice(List<String> words) implements Domain {
    @Override
    public Object parse(String text) {
      if (words.contains(text)) {
        return text;
      }
      throw refused(text, this);
    }

    @Override
    public String format(Object value) {
      return value.toString();
    }

    @Override
    public String described() {
      return "\"" + String.join("\" or \"", words) + "\"";
    }
  }

  /** A directory by its absolute path, or the word "home". */
  record Place() implements Domain {
    static final String HOME = "home";

    @Override
    public Object parse(String text) {
      try {
        if (text.equals(HOME) || Path.of(text).isAbsolute()) {
          return text;
        }
      } catch (InvalidPathException e) {
        // told below
      }
      throw refused(text, this);
    }

    @Override
    public String format(Object value) {
      return value.toString();
    }

    @Override
    public String described() {
      return "an absolute path, or \"" + HOME + "\"";
    }
  }

  private static IllegalArgumentException refused(String text, Domain domain) {
    return new IllegalArgumentException("\"" + text + "\" is not " + domain.described());
  }
}
