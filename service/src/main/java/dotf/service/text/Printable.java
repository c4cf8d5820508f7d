package dotf.service.text;

/**
 * Makes names safe to print: a file or peer name may hold escape sequences, newlines or marks that
 * turn the direction of writing, and none of them may reach a terminal, a log or a table.
 */
public final class Printable {
  private Printable() {}

  /**
   * {@code name} with every control character, line separator, direction mark, invisible mark and
   * lone surrogate written as an escape ({@code \n}, {@code \x1b}, <code>&#92;u{202e}</code>). Text
   * without them comes back as the same object.
   */
  public static String of(String name) {
    int clean = 0;
    while (clean < name.length()) {
      int codePoint = name.codePointAt(clean);
      if (isUnsafe(codePoint)) {
        break;
      }
      clean += Character.charCount(codePoint);
    }
    if (clean == name.length()) {
      return name;
    }
    StringBuilder text = new StringBuilder(name.length() + 16).append(name, 0, clean);
    name.substring(clean).codePoints().forEach(codePoint -> append(text, codePoint));
    return text.toString();
  }

  /** How many columns of a terminal {@code text} takes; {@code text} is already printable. */
  public static int columns(String text) {
    return text.codePoints().map(Printable::columns).sum();
  }

  /**
   * {@code text} cut in its middle so that it takes at most {@code columns}, of which at least 3.
   */
  public static String shortened(String text, int columns) {
    if (columns(text) <= columns) {
      return text;
    }
    int[] points = text.codePoints().toArray();
    int room = Math.max(columns, 3) - 1;
    int tail = points.length;
    for (int used = 0; tail > 0 && used + columns(points[tail - 1]) <= room - room / 3; tail--) {
      used += columns(points[tail - 1]);
    }
    int head = 0;
    for (int used = 0; head < tail && used + columns(points[head]) <= room / 3; head++) {
      used += columns(points[head]);
    }
    return new String(points, 0, head) + "…" + new String(points, tail, points.length - tail);
  }

  /** {@code text} cut at its end so that it takes at most {@code columns}, of which at least 1. */
  public static String clipped(String text, int columns) {
    if (columns(text) <= columns) {
      return text;
    }
    int end = 0;
    for (int used = 0; end < text.length(); end += Character.charCount(text.codePointAt(end))) {
      used += columns(text.codePointAt(end));
      if (used > columns - 1) {
        break;
      }
    }
    return text.substring(0, end) + "…";
  }

  private static void append(StringBuilder text, int codePoint) {
    if (!isUnsafe(codePoint)) {
      text.appendCodePoint(codePoint);
      return;
    }
    switch (codePoint) {
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\t' -> text.append("\\t");
      default -> text.append(codePoint < 0x100 ? "\\x%02x".formatted(codePoint) : hex(codePoint));
    }
  }

  private static String hex(int codePoint) {
    return "\\u{" + Integer.toHexString(codePoint) + "}";
  }

  private static boolean isUnsafe(int codePoint) {
    if (codePoint >= ' ' && codePoint < 0x7f) {
      return false;
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private static int columns(int codePoint) {
    if (codePoint < 0x300) {
      return 1;
    }
    int type = Character.getType(codePoint);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    return isWide(codePoint) ? 2 : 1;
  }

  /** The ranges that Unicode's East Asian Width calls wide, coarsely. */
  private static boolean isWide(int codePoint) {
    return (codePoint >= 0x1100 && codePoint <= 0x115f)
        || (codePoint >= 0x2e80 && codePoint <= 0xa4cf)
        || (codePoint >= 0xac00 && codePoint <= 0xd7a3)
        || (codePoint >= 0xf900 && codePoint <= 0xfaff)
        || (codePoint >= 0xfe30 && codePoint <= 0xfe6f)
        || (codePoint >= 0xff00 && codePoint <= 0xff60)
        || (codePoint >= 0x1f300 && codePoint <= 0x1faff)
        || (codePoint >= 0x20000 && codePoint <= 0x3fffd);
  }
}
