package dotf.service.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dotf.agent.NotFoundException;
import dotf.service.text.Frames;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
@SuppressWarnings("try") // a server is open for as long as its block, and clients know its path
class ApiServerTest {
  private static final int LARGE = 8 << 20;

  @TempDir private Path directory = Path.of("");
  private Path socket = Path.of("");
  private final Routes routes = new Routes();

  @BeforeEach
  void closeDirectory() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    socket = directory.resolve("agent.sock");
    routes.get(
        "hello",
        call -> {
          if (call.json()) {
            Json.document(call.output(), json -> Json.text(json, "hello", call.required("name")));
          } else {
            call.line("hello " + call.required("name") + " on " + call.terminal().width());
          }
        });
    routes.post(
        "absent",
        call -> {
          throw new NotFoundException("there is no \u001b[31mfile");
        });
    routes.get(
        "bug",
        call -> {
          throw new IllegalStateException("secret detail");
        });
    routes.get(
        "listing",
        call ->
            call.document(
                json -> {
                  for (long row = 0; row < call.number("rows", 0); row++) {
                    json.writeStringField("row" + row, "x".repeat(100));
                  }
                  throw new NotFoundException("there is no more");
                }));
    routes.get(
        "check",
        call -> {
          call.document(json -> json.writeBooleanField("ok", false));
          throw new NotFoundException("one problem was found");
        });
    routes.get("large", call -> call.output().write(new byte[LARGE]));
  }

  @Test
  void listen_socket_isOursAloneFromTheFirstInstant() throws IOException {
    try (ApiServer server = ApiServer.listen(socket, routes)) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
          .isEqualTo("rw-------");
    }
    assertThat(socket).doesNotExist();
  }

  @Test
  void listen_inADirectoryOpenToOthers_isRefused() throws IOException {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThatThrownBy(() -> ApiServer.listen(socket, routes))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("chmod 700");
  }

  @Test
  void listen_throughASymbolicLinkToADirectory_isRefused() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
    assertThatThrownBy(() -> ApiServer.listen(link.resolve("agent.sock"), routes))
        .isInstanceOf(IOException.class);
  }

  @Test
  void listen_wherePlainFileIs_leavesItAlone() throws IOException {
    Files.writeString(socket, "mine");
    assertThatThrownBy(() -> ApiServer.listen(socket, routes)).hasMessageContaining("in the way");
    assertThat(socket).hasContent("mine");
  }

  @Test
  void listen_onASocketThatAKilledAgentLeft_takesItsPlace() throws IOException {
    try (ServerSocketChannel killed = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      killed.bind(UnixDomainSocketAddress.of(socket));
    }
    assertThat(socket).exists();
    try (ApiServer server = ApiServer.listen(socket, routes)) {
      assertThat(plain("GET /v1/hello?name=you")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void listen_whereAnotherAgentAnswers_isRefusedAndTheOtherGoesOn() throws IOException {
    try (ApiServer server = ApiServer.listen(socket, routes)) {
      assertThatThrownBy(() -> ApiServer.listen(socket, routes)).hasMessageContaining("dotf stop");
      assertThat(plain("GET /v1/hello?name=you")).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void get_asPlainHttp_answersJson() throws IOException {
    try (ApiServer server = ApiServer.listen(socket, routes)) {
      assertThat(plain("GET /v1/hello?name=J%C3%BCrgen%20%22x%22"))
          .contains("application/json")
          .contains("{\"hello\":\"Jürgen \\\"x\\\"\"}");
    }
  }

  @Test
  void get_framed_answersTextForTheTerminalAndTheExitCode() throws IOException {
    try (ApiServer server = ApiServer.listen(socket, routes)) {
      assertThat(framed("GET", "hello?name=you", "Dotf-Width: 120\r\n"))
          .isEqualTo("1:hello you on 120\n|4:0|");
      assertThat(framed("GET", "hello?name=you", "Dotf-Json: true\r\n"))
          .isEqualTo("1:{\"hello\":\"you\"}\n|4:0|");
    }
  }

  @Test
  void failures_becomeOnePrintableSentenceAndACode() throws IOException {
    try (ApiServer server = ApiServer.listen(socket, routes)) {
      assertThat(framed("POST", "absent", "")).isEqualTo("2:there is no \\x1b[31mfile\n|4:66|");
      assertThat(framed("GET", "hello", "")).isEqualTo("2:the parameter name is missing\n|4:2|");
      assertThat(framed("GET", "nothing", "")).contains("does not know").endsWith("4:66|");
      assertThat(plain("POST /v1/absent")).startsWith("HTTP/1.1 404").contains("\"error\":");
    }
  }

  @Test
  void failures_ofOurOwn_tellNothingOfTheInside() throws IOException {
    try (ApiServer server = ApiServer.listen(socket, routes)) {
      assertThat(framed("GET", "bug", ""))
          .contains("dotf log")
          .doesNotContain("secret")
          .doesNotContain("Exception")
          .endsWith("4:1|");
    }
  }

  @Test
  void failures_beforeAnythingWasSent_areAStatusEvenWithinADocument() throws IOException {
    try (ApiServer server = ApiServer.listen(socket, routes)) {
      assertThat(plain("GET /v1/listing?rows=20"))
          .startsWith("HTTP/1.1 404")
          .endsWith("{\"error\":\"there is no more\"}\n");
      assertThat(framed("GET", "listing?rows=20", "Dotf-Json: true\r\n"))
          .isEqualTo("2:there is no more\n|4:66|");
    }
  }

  @Test
  void failures_lateInADocument_cutTheBodyShortOfItsEnd() throws IOException {
    try (ApiServer server = ApiServer.listen(socket, routes)) {
      assertThat(plain("GET /v1/listing?rows=2000"))
          .startsWith("HTTP/1.1 200")
          .contains("row100")
          .doesNotContain("\r\n0\r\n")
          .doesNotContain("}");
    }
  }

  @Test
  void failures_thatTheDocumentTellsItself_leaveItWhole() throws IOException {
    try (ApiServer server = ApiServer.listen(socket, routes)) {
      assertThat(plain("GET /v1/check")).contains("{\"ok\":false}").endsWith("\r\n0\r\n\r\n");
    }
  }

  @Test
  void get_largeAnswer_arrivesWhole() throws IOException {
    try (ApiServer server = ApiServer.listen(socket, routes);
        SocketChannel channel = send("GET /v1/large HTTP/1.1\r\nHost: x\r\n\r\n")) {
      byte[] answer = Channels.newInputStream(channel).readAllBytes();
      assertThat(answer.length).isGreaterThan(LARGE);
      assertThat(new String(answer, answer.length - 5, 5, StandardCharsets.US_ASCII))
          .isEqualTo("0\r\n\r\n");
    }
  }

  @Test
  void clientGone_whileTheHandlerWorks_cancelsTheWork() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    routes.get(
        "work",
        call -> {
          begun.countDown();
          try {
            while (true) {
              call.checkConnected();
              Thread.onSpinWait();
            }
          } finally {
            cancelled.countDown();
          }
        });
    try (ApiServer server = ApiServer.listen(socket, routes)) {
      SocketChannel channel = send("GET /v1/work HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
      channel.close();
      assertThat(cancelled.await(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void garbage_isAnsweredOrCutAndTheServerGoesOn() throws IOException {
    try (ApiServer server = ApiServer.listen(socket, routes)) {
      for (String garbage :
          new String[] {
            "\u0000\u0001\u0002\r\n\r\n",
            "GET " + "x".repeat(200_000) + " HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\n" + "a: b\r\n".repeat(30_000) + "\r\n",
            "POST /v1/absent HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
            "GET /v1/hello?name=%zz HTTP/1.1\r\n\r\n"
          }) {
        try (SocketChannel channel = send(garbage)) {
          Channels.newInputStream(channel).readAllBytes();
        } catch (IOException cut) {
          // As good as an answer.
        }
      }
      assertThat(framed("GET", "hello?name=you", "")).endsWith("4:0|");
    }
  }

  private String plain(String line) throws IOException {
    try (SocketChannel channel = send(line + " HTTP/1.1\r\nHost: x\r\n\r\n")) {
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** The frames of an answer, written as {@code channel:payload|}. */
  private String framed(String method, String target, String headers) throws IOException {
    String request =
        "%s /v1/%s HTTP/1.1\r\nHost: x\r\nAccept: %s\r\n%s\r\n"
            .formatted(method, target, Frames.MEDIA_TYPE, headers);
    try (SocketChannel channel = send(request)) {
      byte[] answer = Channels.newInputStream(channel).readAllBytes();
      return frames(unchunked(answer));
    }
  }

  private SocketChannel send(String request) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(request);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
    return channel;
  }

  private static byte[] unchunked(byte[] answer) throws IOException {
    String text = new String(answer, StandardCharsets.ISO_8859_1);
    String body = text.substring(text.indexOf("\r\n\r\n") + 4);
    StringBuilder whole = new StringBuilder();
    while (true) {
      int end = body.indexOf("\r\n");
      int size = Integer.parseInt(body.substring(0, end), 16);
      if (size == 0) {
        return whole.toString().getBytes(StandardCharsets.ISO_8859_1);
      }
      whole.append(body, end + 2, end + 2 + size);
      body = body.substring(end + 4 + size);
    }
  }

  private static String frames(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    StringBuilder text = new StringBuilder();
    while (in.available() > 0) {
      int channel = in.readUnsignedByte();
      byte[] payload = in.readNBytes(in.readInt());
      text.append(channel)
          .append(':')
          .append(
              channel == Frames.EXIT
                  ? Byte.toString(payload[0])
                  : new String(payload, StandardCharsets.UTF_8))
          .append('|');
    }
    return text.toString();
  }
}
