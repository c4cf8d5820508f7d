package dotf.chunker.stub;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The lines of a stub that are for people. */
final class StubText {
  /** The first line of every stub of this version. */
  static final String FIRST_LINE = "dotf-stub 1  This is not the file itself. It stands for it.";

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final Instant YEAR_0 = Instant.parse("0000-01-01T00:00:00Z");
  private static final Instant YEAR_10000 = Instant.parse("+10000-01-01T00:00:00Z");
  private static final String UNITS = "kMGTPE";

  private StubText() {}

  static String of(String name, long size, Instant modified) {
    String shown = escape(name);
    return FIRST_LINE
        + "\nwas named  %-20s size %s (%d)   modified %s\n"
            .formatted(shown, human(size), size, minute(modified))
        + "to get it back: open this file, or run  dotf open \"%s.f\"\n".formatted(shown)
        + "If you just read this, it is being restored beside it now. Nothing happens?"
        + " The agent may be stopped:  dotf start\n"
        + "Do not edit.  Moving or renaming is safe."
        + "  Deleting this deletes the file (30 days in the trash).\n";
  }

  /** Disks keep times that no calendar does: those as seconds. */
  private static String minute(Instant time) {
    return time.isBefore(YEAR_0) || !time.isBefore(YEAR_10000)
        ? "@" + time.getEpochSecond()
        : MINUTE.format(time);
  }

  /** Bytes in units of 1,024, with one decimal: {@code 4.0 GB}. */
  private static String human(long size) {
    if (size < 1024) {
      return size + " B";
    }
    int unit = (63 - Long.numberOfLeadingZeros(size)) / 10;
    double scaled = size / (double) (1L << (10 * unit));
    return String.format(Locale.ROOT, "%.1f %cB", scaled, UNITS.charAt(unit - 1));
  }

  /**
   * A name as it can be shown in one line and inside double quotes: what does not print, what would
   * change the direction of the text, and {@code % " \ $ `} become percent and two hex digits for
   * each byte of UTF-8.
   */
  static String escape(String name) {
    StringBuilder shown = new StringBuilder(name.length());
    name.codePoints()
        .forEach(
            point -> {
              if (prints(point)) {
                shown.appendCodePoint(point);
              } else {
                ByteBuffer utf8 = StandardCharsets.UTF_8.encode(Character.toString(point));
                while (utf8.hasRemaining()) {
                  shown.append(String.format(Locale.ROOT, "%%%02X", utf8.get() & 0xff));
                }
              }
            });
    return shown.toString();
  }

  private static boolean prints(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      case Character.SPACE_SEPARATOR -> point == ' ';
      default -> "%\"\\$`".indexOf(point) < 0;
    };
  }
}
