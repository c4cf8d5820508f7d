package dotf.service.api;

import dotf.service.text.ExitCode;
import dotf.service.text.Terminal;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which handler answers which method and path. Filled before the server listens, then read only.
 */
public final class Routes {
  /** What every path begins with; it changes when a route changes its meaning. */
  public static final String PREFIX = "/v1/";

  private final Map<String, Handler> handlers = new HashMap<>();

  /** A route that reads. */
  void get(String name, Handler handler) {
    add("GET", name, handler);
  }

  /** A route that changes something. */
  void post(String name, Handler handler) {
    add("POST", name, handler);
  }

  @Nullable Handler find(String method, String path) {
    return handlers.get(method + " " + path);
  }

  /**
   * Answers a call within this process.
   *
   * @param output standard output
   * @param error standard error
   * @return how the command ended
   */
  public ExitCode answer(
      String method,
      String name,
      Map<String, List<String>> parameters,
      boolean json,
      Terminal terminal,
      OutputStream output,
      OutputStream error) {
    Handler handler = find(method, PREFIX + name);
    if (handler == null) {
      throw new IllegalArgumentException("no route " + method + " " + name);
    }
    LocalReply reply = new LocalReply(output, error);
    new Call(parameters, json, terminal, reply).answerBy(handler);
    return reply.code();
  }

  private void add(String method, String name, Handler handler) {
    if (handlers.putIfAbsent(method + " " + PREFIX + name, handler) != null) {
      throw new IllegalStateException("two handlers for " + method + " " + name);
    }
  }
}
