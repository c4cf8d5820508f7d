package dotf.service.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ParagraphTest {
  @Test
  void wrapped_longSentence_fitsAndIndents() {
    String text = Paragraph.wrapped("  because it was restored an hour ago and lingers", 24, 4);
    assertThat(text.lines())
        .allMatch(line -> line.length() <= 24)
        .containsExactly("  because it was", "    restored an hour ago", "    and lingers");
  }

  @Test
  void wrapped_wordLongerThanTheLine_isNotCut() {
    assertThat(Paragraph.wrapped("a " + "x".repeat(50) + " b", 20, 2))
        .isEqualTo("a\n  " + "x".repeat(50) + "\n  b");
  }
}
