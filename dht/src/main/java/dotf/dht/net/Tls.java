package dotf.dht.net;

import dotf.dht.identity.NodeCertificate;
import dotf.dht.identity.NodeId;
import dotf.dht.identity.PeerTrust;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/** TLS 1.3, mutual, ALPN {@code dotf/1}: by BoringSSL where it loads, by the JDK where not. */
final class Tls {
  static final String PROTOCOL = "dotf/1";

  private final SslContext server;
  private final SslContext client;
  private final Duration limit;

  Tls(NodeCertificate certificate, Duration limit) {
    this(certificate, limit, OpenSsl.isAvailable() ? SslProvider.OPENSSL : SslProvider.JDK);
  }

  Tls(NodeCertificate certificate, Duration limit, SslProvider provider) {
    this.limit = limit;
    try {
      server =
          common(
                  SslContextBuilder.forServer(certificate.key(), certificate.certificate()),
                  provider)
              .clientAuth(ClientAuth.REQUIRE)
              .build();
      client =
          common(
                  SslContextBuilder.forClient()
                      .keyManager(certificate.key(), certificate.certificate()),
                  provider)
              // A node is known by its key; its address proves nothing.
              .endpointIdentificationAlgorithm(null)
              .build();
    } catch (SSLException e) {
      throw new IllegalStateException("TLS 1.3 is not available", e);
    }
  }

  private static SslContextBuilder common(SslContextBuilder builder, SslProvider provider) {
    return builder
        .sslProvider(provider)
        .protocols("TLSv1.3")
        .trustManager(new PeerTrust())
        .applicationProtocolConfig(
            new ApplicationProtocolConfig(
                Protocol.ALPN,
                SelectorFailureBehavior.NO_ADVERTISE,
                SelectedListenerFailureBehavior.ACCEPT,
                PROTOCOL));
  }

  SslHandler handler(ByteBufAllocator allocator, boolean dialed) {
    SslHandler handler = (dialed ? client : server).newHandler(allocator);
    handler.setHandshakeTimeoutMillis(limit.toMillis());
    return handler;
  }

  /** The node at the other end of a finished handshake. */
  static NodeId peer(SslHandler handler) throws IOException {
    if (!PROTOCOL.equals(handler.applicationProtocol())) {
      throw new IOException("the other side does not speak " + PROTOCOL);
    }
    try {
      var chain = handler.engine().getSession().getPeerCertificates();
      return PeerTrust.node(new X509Certificate[] {(X509Certificate) chain[0]});
    } catch (SSLPeerUnverifiedException | CertificateException e) {
      throw new IOException("the other side proved no identity", e);
    }
  }
}
