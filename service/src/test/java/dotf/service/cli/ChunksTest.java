package dotf.service.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ChunksTest {
  @Test
  void read_chunks_areOneStream() throws IOException {
    assertThat(read("5\r\nhello\r\n1;x=y\r\n \r\n5\r\nworld\r\n0\r\n\r\n"))
        .isEqualTo("hello world");
  }

  @Test
  void read_streamCutInAChunk_isNotTakenForItsEnd() {
    assertThatThrownBy(() -> read("5\r\nhel")).isInstanceOf(EOFException.class);
    assertThatThrownBy(() -> read("5\r\nhello\r\n")).isInstanceOf(EOFException.class);
  }

  @Test
  void read_noLength_isAnError() {
    assertThatThrownBy(() -> read("zz\r\nhello")).hasMessageContaining("garbled");
  }

  private static String read(String body) throws IOException {
    DataInputStream in =
        new DataInputStream(new ByteArrayInputStream(body.getBytes(StandardCharsets.US_ASCII)));
    try (Chunks chunks = new Chunks(in)) {
      return new String(chunks.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }
}
