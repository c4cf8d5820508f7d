package dotf.service.api;

import dotf.service.text.ExitCode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * A plain HTTP response: the document as the body, the end as the status. An error after the body
 * has begun cuts the connection, unless the document itself says what is wrong.
 */
final class PlainReply implements Reply {
  private final HttpBody body;

  PlainReply(HttpBody body) {
    this.body = body;
  }

  @Override
  public OutputStream output() {
    return body;
  }

  @Override
  public void note(String line) {}

  @Override
  public void progress(String line) {}

  @Override
  public void open(String path) {}

  @Override
  public void end(ExitCode code, @Nullable String error) {
    if (body.hasBegun() || error == null) {
      body.close();
    } else {
      body.refuse(status(code), error);
    }
  }

  @Override
  public boolean isGone() {
    return body.isGone();
  }

  @Override
  public void abort() {
    body.abort();
  }

  private static HttpResponseStatus status(ExitCode code) {
    return switch (code) {
      case DONE -> HttpResponseStatus.OK;
      case FAILED -> HttpResponseStatus.INTERNAL_SERVER_ERROR;
      case USAGE -> HttpResponseStatus.BAD_REQUEST;
      case ABSENT -> HttpResponseStatus.NOT_FOUND;
      case NO_AGENT, LATER -> HttpResponseStatus.SERVICE_UNAVAILABLE;
      case REFUSED -> HttpResponseStatus.FORBIDDEN;
    };
  }
}
