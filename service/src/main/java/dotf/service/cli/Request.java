package dotf.service.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** One request to the agent: a method, a route, and parameters that are added one by one. */
final class Request {
  private final String method;
  private final String route;
  private final Map<String, List<String>> parameters = new LinkedHashMap<>();

  private Request(String method, String route) {
    this.method = method;
    this.route = route;
  }

  static Request get(String route) {
    return new Request("GET", route);
  }

  static Request post(String route) {
    return new Request("POST", route);
  }

  /** Adds a parameter; null adds none. */
  Request with(String name, @Nullable Object value) {
    if (value != null) {
      parameters.computeIfAbsent(name, none -> new ArrayList<>()).add(value.toString());
    }
    return this;
  }

  /** Adds one parameter for each path. */
  Request with(String name, Collection<Path> paths) {
    paths.forEach(path -> with(name, path));
    return this;
  }

  String method() {
    return method;
  }

  String route() {
    return route;
  }

  Map<String, List<String>> parameters() {
    return parameters;
  }

  /** The request as HTTP/1.1, with the given header lines. */
  byte[] bytes(String headers) {
    boolean query = "GET".equals(method);
    String form = form();
    String body = query ? "" : form;
    String target = "/v1/" + route + (query && !form.isEmpty() ? "?" + form : "");
    String text =
        method
            + " "
            + target
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            + headers
            + (query
                ? ""
                : "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: "
                    + body.length()
                    + "\r\n")
            + "\r\n"
            + body;
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private String form() {
    StringJoiner form = new StringJoiner("&");
    parameters.forEach(
        (name, values) ->
            values.forEach(
                value -> form.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8))));
    return form.toString();
  }
}
