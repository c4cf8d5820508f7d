package dotf.service.text;

import java.time.Duration;
import java.util.Locale;

/** Sizes, counts and durations as people read them. */
public final class Amounts {
  private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB", "PB", "EB"};

  private Amounts() {}

  /** A number of bytes in units of 1024, as stubs show it: {@code 4.0 GB}, {@code 812 B}. */
  public static String size(long bytes) {
    double amount = bytes;
    int unit = 0;
    while (Math.abs(amount) >= 1024 && unit < UNITS.length - 1) {
      amount /= 1024;
      unit++;
    }
    String format = unit > 0 && Math.abs(amount) < 99.95 ? "%.1f %s" : "%.0f %s";
    return String.format(Locale.ROOT, format, amount, UNITS[unit]);
  }

  /** {@code 1 file}, {@code 1,234 files}; {@code plural} for any number but one. */
  public static String count(long number, String singular, String plural) {
    return String.format(Locale.ROOT, "%,d %s", number, number == 1 ? singular : plural);
  }

  /** The largest two units: {@code 3 s}, {@code 2 min}, {@code 5 h 10 min}, {@code 4 d}. */
  public static String duration(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return seconds / 60 + " min";
    }
    long minutes = seconds % 3600 / 60;
    if (seconds < 86_400) {
      return seconds / 3600 + " h" + (minutes == 0 ? "" : " " + minutes + " min");
    }
    return seconds / 86_400 + " d";
  }
}
