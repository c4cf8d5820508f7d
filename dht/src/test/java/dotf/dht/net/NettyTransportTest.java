package dotf.dht.net;

import static dotf.fixtures.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dotf.dht.identity.NodeCertificate;
import dotf.dht.identity.NodeIdentity;
import dotf.dht.identity.PeerTrust;
import dotf.dht.wire.Frame;
import dotf.dht.wire.FrameType;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TCP and TLS: the contract on both TLS engines, and what strangers and bad peers meet. */
class NettyTransportTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @Nested
  class WithTheBestEngine extends TransportContract {
    @Override
    Transport transport(NodeIdentity identity) {
      return new NettyTransport(NodeCertificate.issue(identity, RANDOM));
    }
  }

  @Nested
  class WithTheJdksEngine extends TransportContract {
    @Override
    Transport transport(NodeIdentity identity) {
      var tls =
          new Tls(NodeCertificate.issue(identity, RANDOM), Duration.ofSeconds(9), SslProvider.JDK);
      return new NettyTransport(tls, Duration.ofSeconds(8));
    }
  }

  /** Limits of 400 ms instead of 8 s, so that running into them takes no time. */
  @Nested
  class WithStrangers {
    private static final Duration SHORT = Duration.ofMillis(400);

    private final List<TransportContract.Recorder> accepted = new CopyOnWriteArrayList<>();
    private final NodeIdentity self = NodeIdentity.generate(RANDOM);
    private @Nullable Transport transport;
    private int port;

    @BeforeEach
    void listen() throws IOException {
      listen(Duration.ofSeconds(9));
    }

    private void listen(Duration handshakeLimit) throws IOException {
      close();
      transport =
          new NettyTransport(new Tls(NodeCertificate.issue(self, RANDOM), handshakeLimit), SHORT);
      port =
          transport.listen(
              InetAddress.getLoopbackAddress(),
              0,
              () -> {
                var recorder = new TransportContract.Recorder();
                accepted.add(recorder);
                return recorder;
              });
    }

    @AfterEach
    void close() {
      if (transport != null) {
        transport.close();
      }
    }

    @Test
    void aPeerThatSendsNothing_isClosed() throws IOException {
      listen(SHORT);
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(endOf(socket)).isTrue();
      }
      assertNobodyGotIn();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.1\r\n\r\n", "\u0013BitTorrent protocol", "xxxxxxxxxxx"})
    void aPeerThatSendsGarbage_isClosed(String garbage) throws IOException {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        socket.getOutputStream().write(garbage.getBytes(StandardCharsets.ISO_8859_1));
        assertThat(endOf(socket)).isTrue();
      }
      assertNobodyGotIn();
    }

    @Test
    void aClientWithoutCertificate_isClosed() throws Exception {
      try (SSLSocket socket = tls(new KeyManager[0], "dotf/1")) {
        assertThat(endOf(socket)).isTrue();
      }
      assertNobodyGotIn();
    }

    @Test
    void aClientOfAnotherProtocol_isClosed() throws Exception {
      try (SSLSocket socket = tls(keys(), "h2")) {
        assertThat(endOf(socket)).isTrue();
      }
      assertNobodyGotIn();
    }

    @Test
    void aFrameThatNeverEnds_isCutOff() throws Exception {
      try (SSLSocket socket = tls(keys(), "dotf/1")) {
        OutputStream out = socket.getOutputStream();
        out.write(ByteBuffer.allocate(4).putInt(1000).array());
        eventually("in", () -> !accepted.isEmpty() && accepted.getFirst().link != null);
        // One byte now and then keeps no frame alive.
        eventually(
            "closed",
            () -> {
              trickle(out);
              return accepted.getFirst().closed;
            });
      }
      assertThat(accepted.getFirst().cause).hasMessageContaining("did not finish");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MAX_VALUE, 1 << 20})
    void anImpossibleLength_isCutOff(int length) throws Exception {
      try (SSLSocket socket = tls(keys(), "dotf/1")) {
        socket.startHandshake();
        socket.getOutputStream().write(ByteBuffer.allocate(4).putInt(length).array());
        assertThat(endOf(socket)).isTrue();
      }
      eventually("closed", () -> accepted.getFirst().closed);
      assertThat(accepted.getFirst().cause).hasMessageContaining("broke the protocol");
    }

    @Test
    void aPeerThatDoesNotRead_isCutOffBeforeItsAnswersFillTheMemory() throws Exception {
      try (SSLSocket socket = tls(keys(), "dotf/1")) {
        socket.startHandshake();
        eventually("in", () -> !accepted.isEmpty() && accepted.getFirst().link != null);
        Link link = accepted.getFirst().link();
        Frame answer = Frame.of(FrameType.PONG, 0, ByteBuffer.allocate(Frame.BODY_MAX));
        for (int i = 0; i < 2000 && !accepted.getFirst().closed; i++) {
          link.send(answer);
        }
        eventually("closed", () -> accepted.getFirst().closed);
        assertThat(link.traffic().sent()).isLessThan(40 << 20);
      }
    }

    @Test
    void oneAddress_getsNoMoreThanItsShareOfConnections() throws IOException {
      List<Socket> sockets = new CopyOnWriteArrayList<>();
      try {
        for (int i = 0; i < 60; i++) {
          sockets.add(new Socket(InetAddress.getLoopbackAddress(), port));
        }
        eventually("the last are closed at once", () -> endOf(sockets.getLast()));
        assertThat(accepted).hasSizeLessThanOrEqualTo(48);
      } finally {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
    }

    private void trickle(OutputStream out) {
      try {
        out.write(0);
        out.flush();
      } catch (IOException closed) {
        // That is what is waited for.
      }
    }

    private void assertNobodyGotIn() {
      assertThat(accepted).allMatch(recorder -> recorder.link == null);
    }

    private SSLSocket tls(KeyManager[] keys, String protocol) throws Exception {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(keys, new TrustManager[] {new PeerTrust()}, RANDOM);
      SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket();
      var parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {protocol});
      socket.setSSLParameters(parameters);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return socket;
    }

    private KeyManager[] keys() throws GeneralSecurityException, IOException {
      NodeCertificate mine = NodeCertificate.issue(NodeIdentity.generate(RANDOM), RANDOM);
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry("node", mine.key(), new char[0], new Certificate[] {mine.certificate()});
      var factory = KeyManagerFactory.getInstance("PKIX");
      factory.init(store, new char[0]);
      return factory.getKeyManagers();
    }

    /** Reads until the other side ends the connection. */
    private boolean endOf(Socket socket) {
      try {
        socket.setSoTimeout(15_000);
        InputStream in = socket.getInputStream();
        while (in.read() >= 0) {
          // A TLS alert, perhaps.
        }
        return true;
      } catch (SocketTimeoutException e) {
        return false;
      } catch (IOException reset) {
        return true;
      }
    }
  }
}
