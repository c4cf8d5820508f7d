package dotf.service.text;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.service.text.Table.Column;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableTest {
  private static final String LONG = "some/deep/directory/".repeat(8) + "file.bin";

  @Test
  void row_onATerminalOf80Columns_neverTakesMore() throws IOException {
    List<String> lines = lines(new Terminal(80, false, true, Terminal.Detail.NORMAL));

    assertThat(lines).hasSize(3).allMatch(line -> Printable.columns(line) <= 80);
    assertThat(lines.get(2)).endsWith("file.bin").contains("…");
  }

  @Test
  void row_intoAFile_isNeverCut() throws IOException {
    assertThat(lines(Terminal.PLAIN).get(2)).endsWith(LONG);
  }

  @Test
  void row_cells_standUnderTheirHeadings() throws IOException {
    List<String> lines = lines(Terminal.PLAIN);

    assertThat(lines.get(0)).isEqualTo("STATE          SIZE  FILE");
    assertThat(lines.get(1)).isEqualTo("stub         1.0 KB  写真");
  }

  @Test
  void isEmpty_withoutRows_writesNotEvenTheHeading() {
    StringBuilder out = new StringBuilder();
    Table table = new Table(out, Terminal.PLAIN, Column.left("A", 3), Column.left("B", 0));
    assertThat(table.isEmpty()).isTrue();
    assertThat(out).isEmpty();
  }

  private static List<String> lines(Terminal terminal) throws IOException {
    StringBuilder out = new StringBuilder();
    Table table =
        new Table(
            out,
            terminal,
            Column.left("STATE", 9),
            Column.right("SIZE", 8),
            Column.left("FILE", 0));
    table.row("stub", "1.0 KB", "写真");
    table.row("lingering", "1023 B", LONG);
    return out.toString().lines().toList();
  }
}
