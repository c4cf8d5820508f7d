package dotf.service.api;

import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Printable;
import dotf.service.text.Terminal;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request: its parameters, how its answer is to look, and where the answer goes. */
final class Call {
  private static final Logger LOG = LoggerFactory.getLogger(Call.class);

  private final Map<String, List<String>> parameters;
  private final boolean json;
  private final Terminal terminal;
  private final Reply reply;
  private final Writer text;
  private Runnable afterwards = () -> {};
  private boolean whole;

  /**
   * @param json whether the answer is a JSON document; else it is text for {@code terminal}
   */
  Call(Map<String, List<String>> parameters, boolean json, Terminal terminal, Reply reply) {
    this.parameters = parameters;
    this.json = json;
    this.terminal = terminal;
    this.reply = reply;
    this.text =
        new BufferedWriter(new OutputStreamWriter(reply.output(), StandardCharsets.UTF_8), 8192);
  }

  /** Has the handler answer, and ends the answer however the handler ends. */
  void answerBy(Handler handler) {
    try {
      try {
        handler.answer(this);
        text.flush();
        reply.end();
      } catch (ClientGoneException e) {
        throw e;
      } catch (Exception e) {
        Failures failure = Failures.of(e);
        text.flush();
        reply.fail(failure.code(), Printable.of(failure.sentence()), whole);
      }
    } catch (ClientGoneException e) {
      LOG.debug("a call was cancelled: its client has gone");
    } catch (Exception e) {
      LOG.error("an answer could not be sent", e);
      reply.abort();
    } finally {
      afterwards.run();
    }
  }

  /** Does something once the answer has been sent. */
  void afterwards(Runnable action) {
    afterwards = action;
  }

  boolean json() {
    return json;
  }

  Terminal terminal() {
    return terminal;
  }

  /** Writes the one document that answers the call. */
  void document(Json.Body fields) throws IOException {
    Json.document(reply.output(), fields);
    whole = true;
  }

  /** Raw standard output: file content. */
  OutputStream output() {
    return reply.output();
  }

  /** Standard output for text. */
  Appendable text() {
    return text;
  }

  /** One line of text; names in it must be {@link Printable}. */
  void line(String line) throws IOException {
    text.append(line).append('\n');
  }

  /** A line on standard error for whoever wants more than the answer. */
  void note(String line) throws IOException {
    if (terminal.detail() != Terminal.Detail.QUIET) {
      error(line);
    }
  }

  /** A line on standard error about something that was not done. */
  void error(String line) throws IOException {
    text.flush();
    reply.note(line);
  }

  /** A line that the next one replaces, for a person who waits; cancels when nobody does. */
  void progress(String line) {
    checkConnected();
    reply.progress(line);
  }

  /** Has the client open a file in its application. */
  void open(Path path) throws IOException {
    text.flush();
    reply.open(path.toString());
  }

  /**
   * @throws ClientGoneException when the client closed its connection: the work is to stop
   */
  void checkConnected() {
    if (reply.isGone()) {
      throw new ClientGoneException();
    }
  }

  @Nullable String optional(String name) {
    List<String> values = parameters.get(name);
    return values == null || values.isEmpty() ? null : values.getFirst();
  }

  String required(String name) throws CommandException {
    String value = optional(name);
    if (value == null) {
      throw new CommandException(ExitCode.USAGE, "the parameter " + name + " is missing");
    }
    return value;
  }

  boolean flag(String name) {
    return "true".equals(optional(name));
  }

  long number(String name, long otherwise) throws CommandException {
    String value = optional(name);
    try {
      return value == null ? otherwise : Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new CommandException(
          ExitCode.USAGE, name + " takes a number, not " + Printable.of(value));
    }
  }

  @Nullable Path optionalPath(String name) throws CommandException {
    String value = optional(name);
    return value == null ? null : path(value);
  }

  Path path(String value) throws CommandException {
    try {
      Path path = Path.of(value);
      if (path.isAbsolute()) {
        return path.normalize();
      }
    } catch (InvalidPathException e) {
      throw new CommandException(
          ExitCode.USAGE, "this name cannot be a file's: " + Printable.of(value));
    }
    throw new CommandException(ExitCode.USAGE, "not an absolute path: " + Printable.of(value));
  }

  List<Path> paths(String name) throws CommandException {
    List<Path> paths = new ArrayList<>();
    for (String value : parameters.getOrDefault(name, List.of())) {
      paths.add(path(value));
    }
    return paths;
  }
}
