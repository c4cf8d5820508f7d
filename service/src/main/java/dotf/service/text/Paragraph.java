package dotf.service.text;

/** Sentences set into the width of a terminal. */
public final class Paragraph {
  private Paragraph() {}

  /**
   * {@code text} broken at spaces into lines of at most {@code width} columns where words allow,
   * each after the first begun with {@code indent} spaces.
   */
  public static String wrapped(String text, int width, int indent) {
    StringBuilder lines = new StringBuilder(text.length() + 16);
    int start = 0;
    int column = 0;
    boolean first = true;
    for (String word : text.split(" ", -1)) {
      int length = Printable.columns(word);
      if (column > start && column + 1 + length > width) {
        lines.append('\n').append(" ".repeat(indent));
        start = indent;
        column = indent;
      } else if (!first) {
        lines.append(' ');
        column++;
      }
      first = false;
      lines.append(word);
      column += length;
    }
    return lines.toString();
  }
}
