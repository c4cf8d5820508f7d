package dotf.service.api;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * The body of one response, in chunks. A write waits until the socket has taken the chunk before,
 * so that a slow reader slows its own handler and fills no memory. A client that has gone ends
 * every write with {@link ClientGoneException}.
 */
final class HttpBody extends OutputStream {
  private static final int CHUNK = 64 << 10;

  private final Channel channel;
  private final String contentType;
  private final byte[] buffer = new byte[CHUNK];
  private int filled;
  private boolean begun;

  HttpBody(Channel channel, String contentType) {
    this.channel = channel;
    this.contentType = contentType;
  }

  /** Whether the status line has been sent, so that no other status can be. */
  boolean hasBegun() {
    return begun;
  }

  boolean isGone() {
    return !channel.isActive();
  }

  @Override
  public void write(int b) {
    if (filled == CHUNK) {
      flush();
    }
    buffer[filled++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int from, int length) {
    int end = from + length;
    for (int at = from; at < end; ) {
      if (filled == CHUNK) {
        flush();
      }
      int part = Math.min(end - at, CHUNK - filled);
      System.arraycopy(bytes, at, buffer, filled, part);
      filled += part;
      at += part;
    }
  }

  @Override
  public void flush() {
    if (filled > 0) {
      begin();
      ByteBuf copy = Unpooled.copiedBuffer(buffer, 0, filled);
      filled = 0;
      await(channel.writeAndFlush(new DefaultHttpContent(copy)));
    }
  }

  /** Sends the rest and ends the connection. */
  @Override
  public void close() {
    begin();
    flush();
    channel
        .writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT)
        .addListener(ChannelFutureListener.CLOSE);
  }

  /** Cuts the connection, so that the client sees that the answer is not whole. */
  void abort() {
    channel.close();
  }

  /** Answers with a status and one sentence instead of a body that has not begun. */
  void refuse(HttpResponseStatus status, String sentence) {
    filled = 0;
    ByteBuf content = Unpooled.copiedBuffer(Json.error(sentence), StandardCharsets.UTF_8);
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
    response.headers().set(HttpHeaderNames.CONTENT_LENGTH, content.readableBytes());
    setHeaders(response.headers(), "application/json");
    channel.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
  }

  private void begin() {
    if (begun) {
      return;
    }
    begun = true;
    HttpResponse response = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    response.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    setHeaders(response.headers(), contentType);
    channel.write(response);
  }

  private static void setHeaders(HttpHeaders headers, String contentType) {
    headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
    headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    headers.set("X-Content-Type-Options", "nosniff");
  }

  private static void await(ChannelFuture written) {
    if (!written.awaitUninterruptibly().isSuccess()) {
      throw new ClientGoneException();
    }
  }
}
