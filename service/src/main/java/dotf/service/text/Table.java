package dotf.service.text;

import java.io.IOException;
import java.util.List;

/**
 * Rows under a heading, written as they come: columns have fixed widths, so that a table of any
 * length needs no memory. The last column takes what is left of the line; only there is text cut,
 * and only for a person at a terminal who has not asked for all there is.
 */
public final class Table {
  private static final String GAP = "  ";

  private final Appendable out;
  private final Terminal terminal;
  private final List<Column> columns;
  private final int rest;
  private boolean begun;

  /** A table of at least one column; the width of the last is what the terminal leaves. */
  public Table(Appendable out, Terminal terminal, Column... columns) {
    this.out = out;
    this.terminal = terminal;
    this.columns = List.of(columns);
    int taken = 0;
    for (Column column : this.columns.subList(0, columns.length - 1)) {
      taken += column.width() + GAP.length();
    }
    this.rest = Math.max(10, terminal.width() - taken);
  }

  /** Writes one row; names must be {@link Printable}. The heading precedes the first. */
  public void row(String... cells) throws IOException {
    if (!begun) {
      begun = true;
      StringBuilder heading = new StringBuilder();
      append(heading, columns.stream().map(Column::heading).toArray(String[]::new));
      out.append(terminal.styled(Terminal.Style.BOLD, heading.toString())).append('\n');
    }
    StringBuilder line = new StringBuilder(terminal.width() + 16);
    append(line, cells);
    out.append(line.append('\n'));
  }

  /** Columns that the last cell of a row has. */
  public int rest() {
    return rest;
  }

  /** Whether no row was written. */
  public boolean isEmpty() {
    return !begun;
  }

  private void append(StringBuilder line, String[] cells) {
    int last = columns.size() - 1;
    for (int i = 0; i < last; i++) {
      Column column = columns.get(i);
      String padding = " ".repeat(Math.max(0, column.width() - Printable.columns(cells[i])));
      line.append(column.right() ? padding + cells[i] : cells[i] + padding).append(GAP);
    }
    line.append(terminal.whole() ? cells[last] : Printable.shortened(cells[last], rest));
  }

  /**
   * A column.
   *
   * @param right whether its cells end at the right (numbers)
   */
  public record Column(String heading, int width, boolean right) {
    /** Text. */
    public static Column left(String heading, int width) {
      return new Column(heading, width, false);
    }

    /** Numbers. */
    public static Column right(String heading, int width) {
      return new Column(heading, width, true);
    }
  }
}
