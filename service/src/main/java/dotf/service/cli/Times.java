package dotf.service.cli;

import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as users type them. */
final class Times {
  private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)?");

  private Times() {}

  /**
   * {@code 500ms}, {@code 60s}, {@code 10m}, {@code 24h}, {@code 30d}; a bare number is seconds.
   */
  static Duration parse(String text) throws CommandException {
    Matcher matcher = TIME.matcher(text);
    if (!matcher.matches()) {
      throw new CommandException(
          ExitCode.USAGE, "a time is a number and a unit, such as 60s, 10m or 24h, not " + text);
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      case null, default -> Duration.ofSeconds(number);
    };
  }
}
