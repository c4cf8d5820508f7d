package dotf.service.api;

import dotf.service.text.ExitCode;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.io.OutputStream;

/**
 * A plain HTTP response: the document as the body, the end as the status. An error after the status
 * was sent cuts the body short, unless the document is whole and says itself what is wrong.
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
  public void end() {
    body.close();
  }

  @Override
  public void fail(ExitCode code, String sentence, boolean whole) {
    if (whole) {
      body.close();
    } else if (body.hasBegun()) {
      body.abort();
    } else {
      body.refuse(status(code), sentence);
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
