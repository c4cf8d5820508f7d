package dotf.service.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PrintableTest {
  @Test
  void of_plainName_staysTheSameObject() {
    String name = "Grüße – 写真 📷.jpg";
    assertThat(Printable.of(name)).isSameAs(name);
  }

  @Test
  void of_hostileNames_leavesNothingThatATerminalObeys() {
    for (String hostile :
        List.of(
            "\u001b[2Jgone",
            "two\nlines",
            "back\rto start",
            "bell\u0007",
            "c1\u009b31m",
            "rtl\u202egpj.exe",
            "isolate\u2066x\u2069",
            "line\u2028separator",
            "lone\ud800",
            "zero\u200bwidth",
            "del\u007f",
            "nul\u0000")) {
      String shown = Printable.of(hostile);
      assertThat(shown.codePoints())
          .as(shown)
          .allMatch(c -> c >= ' ' && c != 0x7f && !(c >= 0x80 && c < 0xa0) && c < 0x2000);
    }
  }

  @Test
  void of_newlineAndDirectionMark_areReadableEscapes() {
    assertThat(Printable.of("a\nb\u202ec\u001b")).isEqualTo("a\\nb\\u{202e}c\\x1b");
  }

  @Test
  void columns_wideAndCombining_countAsTerminalsDo() {
    assertThat(Printable.columns("abc")).isEqualTo(3);
    assertThat(Printable.columns("写真")).isEqualTo(4);
    assertThat(Printable.columns("e\u0301")).isEqualTo(1);
  }

  @Test
  void shortened_longName_keepsItsEndAndFits() {
    String shown = Printable.shortened("a/very/long/path/to/some/file/holiday.mp4", 20);
    assertThat(Printable.columns(shown)).isLessThanOrEqualTo(20);
    assertThat(shown).contains("…").endsWith("iday.mp4");
    assertThat(Printable.shortened("写真写真写真写真写真写真", 9))
        .satisfies(wide -> assertThat(Printable.columns(wide)).isLessThanOrEqualTo(9));
  }

  @Test
  void clipped_longText_keepsItsBeginningAndFits() {
    assertThat(Printable.clipped("needs 100 GB, 41 GB free", 10)).isEqualTo("needs 100…");
    assertThat(Printable.clipped("short", 10)).isEqualTo("short");
  }
}
