package dotf.service.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestTest {
  @Test
  void bytes_hostileNames_stayInsideTheirParameter() {
    String get =
        text(
            Request.get("why")
                .with("path", "/a b&c=d\r\nHost: evil\u00fc")
                .with("none", (Object) null));
    assertThat(get)
        .startsWith("GET /v1/why?path=%2Fa+b%26c%3Dd%0D%0AHost%3A+evil%C3%BC HTTP/1.1\r\n")
        .endsWith("X: y\r\n\r\n");
  }

  @Test
  void bytes_post_carriesItsParametersAsTheBody() {
    String post = text(Request.post("free").with("path", List.of(Path.of("/a"), Path.of("/b"))));
    assertThat(post).startsWith("POST /v1/free HTTP/1.1\r\n").contains("Content-Length: 19\r\n");
    assertThat(post).endsWith("\r\n\r\npath=%2Fa&path=%2Fb");
  }

  private static String text(Request request) {
    return new String(request.bytes("X: y\r\n"), StandardCharsets.US_ASCII);
  }
}
