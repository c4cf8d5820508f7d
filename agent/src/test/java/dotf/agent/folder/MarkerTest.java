package dotf.agent.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dotf.agent.journal.FolderId;
import org.junit.jupiter.api.Test;

class MarkerTest {
  private static final FolderId ID = new FolderId(0xF123456789ABCDEFL, 7);

  @Test
  void aMarker_isReadAsItWasWritten() {
    for (Marker marker : new Marker[] {new Marker(ID, -3, null), new Marker(ID, 2, "00ff")}) {
      assertThat(Marker.parse(marker.text())).isEqualTo(marker);
    }
  }

  @Test
  void theSameInodeOnAnotherFilesystem_isAnotherDirectory_whereThatIsKnown() {
    Marker here = new Marker(ID, 2, "00ff");
    assertThat(here.matches(new Marker(ID, 2, "0100"))).isFalse();
    assertThat(here.matches(new Marker(ID, 3, "00ff"))).isFalse();
    assertThat(here.matches(new Marker(new FolderId(1, 1), 2, "00ff"))).isFalse();
    assertThat(here.matches(here)).isTrue();
    assertThat(here.matches(new Marker(ID, 2, null))).isTrue();
    assertThat(new Marker(ID, 2, null).matches(here)).isTrue();
  }

  @Test
  void whatIsNoMarker_isNone_andLinesOfTheFutureAreLeftOut() {
    String text = new Marker(ID, 2, null).text();
    assertThat(Marker.parse("")).isNull();
    assertThat(Marker.parse("dotf-folder 2\n" + text.substring(14))).isNull();
    assertThat(Marker.parse(text.replace("inode 2", "inode two"))).isNull();
    assertThat(Marker.parse(text.replace(ID.toString(), "12"))).isNull();
    assertThat(Marker.parse(text + "colour blue\n")).isEqualTo(new Marker(ID, 2, null));
  }
}
