package dotf.service.api;

import dotf.service.text.ExitCode;
import dotf.service.text.Frames;
import dotf.service.text.Printable;
import dotf.service.text.Terminal;
import dotf.service.text.Terminal.Detail;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection: one whole request within a time limit, one answer, and the end. */
final class ApiConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
  private static final Logger LOG = LoggerFactory.getLogger(ApiConnection.class);
  private static final int REQUEST_SECONDS = 10;
  private static final int PARAMETERS_MAX = 100_000;

  private final Routes routes;
  private final Executor executor;
  private @Nullable ScheduledFuture<?> deadline;

  ApiConnection(Routes routes, Executor executor) {
    this.routes = routes;
    this.executor = executor;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext context) {
    deadline =
        context.executor().schedule(() -> context.close(), REQUEST_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext context) {
    endDeadline();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
    endDeadline();
    HttpHeaders headers = request.headers();
    boolean framed = Frames.MEDIA_TYPE.equals(headers.get(HttpHeaderNames.ACCEPT));
    HttpBody body =
        new HttpBody(context.channel(), framed ? Frames.MEDIA_TYPE : "application/json");
    Reply reply = framed ? new FramedReply(body) : new PlainReply(body);
    if (!request.decoderResult().isSuccess()) {
      refuse(reply, ExitCode.USAGE, "this is not an HTTP request");
      return;
    }
    Map<String, List<String>> parameters;
    String path;
    try {
      QueryStringDecoder query = new QueryStringDecoder(request.uri());
      path = query.path();
      parameters = HttpMethod.GET.equals(request.method()) ? query.parameters() : form(request);
    } catch (IllegalArgumentException e) {
      refuse(reply, ExitCode.USAGE, "the parameters cannot be read");
      return;
    }
    Handler handler = routes.find(request.method().name(), path);
    if (handler == null) {
      refuse(
          reply,
          ExitCode.ABSENT,
          "this agent does not know " + Printable.of(path) + "; is it older than the command?");
      return;
    }
    boolean json = !framed || "true".equals(headers.get(Frames.JSON));
    Call call = new Call(parameters, json, terminal(headers), reply);
    executor.execute(() -> call.answerBy(handler));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.warn("a connection to the local API broke", cause);
    }
    context.close();
  }

  private void endDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  /** On the event loop nothing may wait, so this too is an answer of its own. */
  private void refuse(Reply reply, ExitCode code, String sentence) {
    executor.execute(() -> reply.fail(code, sentence, false));
  }

  private static Map<String, List<String>> form(FullHttpRequest request) {
    return new QueryStringDecoder(
            request.content().toString(StandardCharsets.UTF_8),
            StandardCharsets.UTF_8,
            false,
            PARAMETERS_MAX)
        .parameters();
  }

  private static Terminal terminal(HttpHeaders headers) {
    String output = headers.get(Frames.OUTPUT, "");
    return new Terminal(
        headers.getInt(Frames.WIDTH, Terminal.PLAIN.width()),
        output.contains("colour"),
        output.contains("terminal"),
        detail(output));
  }

  private static Detail detail(String output) {
    if (output.contains("quiet")) {
      return Detail.QUIET;
    }
    return output.contains("verbose") ? Detail.FULL : Detail.NORMAL;
  }
}
