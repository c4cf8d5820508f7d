package dotf.service.cli;

import dotf.service.api.Json;
import dotf.service.text.Paragraph;
import dotf.service.text.Terminal;
import dotf.service.text.Terminal.Detail;
import java.io.BufferedReader;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The user's side of a command: standard input, output and error, and whether a person is there.
 * Bytes go out as they are, without a print stream that would hide a closed pipe.
 */
final class Screen {
  private static final String CLEAR_LINE = "\r\u001b[K";

  private final OutputStream output;
  private final OutputStream error;
  private final BufferedReader input;
  private final boolean outputIsTerminal;
  private final boolean errorIsTerminal;
  private final boolean inputIsTerminal;
  private final boolean colour;
  private final int width;
  private Detail detail = Detail.NORMAL;
  private boolean progressShown;

  private Screen(
      OutputStream output,
      OutputStream error,
      InputStream input,
      Predicate<Integer> terminals,
      Map<String, String> environment) {
    this.output = output;
    this.error = error;
    this.input = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
    inputIsTerminal = terminals.test(0);
    outputIsTerminal = terminals.test(1);
    errorIsTerminal = terminals.test(2);
    colour =
        outputIsTerminal
            && environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !"dumb".equals(environment.get("TERM"));
    width = width(environment.get("COLUMNS"));
  }

  static Screen ofProcess() {
    return new Screen(
        new FileOutputStream(FileDescriptor.out),
        new FileOutputStream(FileDescriptor.err),
        new FileInputStream(FileDescriptor.in),
        Screen::isTerminal,
        System.getenv());
  }

  /**
   * What is not the process's own.
   *
   * @param terminal whether output is to look as for a person, who cannot be asked, though
   */
  static Screen of(
      OutputStream output, OutputStream error, InputStream input, boolean terminal, int width) {
    return new Screen(
        output,
        error,
        input,
        descriptor -> terminal && descriptor == 1,
        Map.of("COLUMNS", String.valueOf(width), "NO_COLOR", "1"));
  }

  /** How much is said from now on. */
  void say(Detail wanted) {
    detail = wanted;
  }

  /** Whether a person can be asked. */
  boolean canAsk() {
    return inputIsTerminal && errorIsTerminal;
  }

  boolean outputIsTerminal() {
    return outputIsTerminal;
  }

  /** Columns of standard output; what is no terminal has as many as it is always given. */
  int width() {
    return outputIsTerminal ? width : Terminal.PLAIN.width();
  }

  /** What the agent needs to know about standard output. */
  String describedOutput() {
    String manner =
        switch (detail) {
          case QUIET -> " quiet";
          case NORMAL -> "";
          case FULL -> " verbose";
        };
    return (outputIsTerminal ? "terminal" : "") + (colour ? " colour" : "") + manner;
  }

  /** Standard output, unbuffered. */
  OutputStream output() {
    return detail == Detail.QUIET ? OutputStream.nullOutputStream() : output;
  }

  /** Standard error, unbuffered. */
  OutputStream errorOutput() {
    return error;
  }

  /** Standard output's side for whoever writes text to it. */
  Terminal terminal() {
    return new Terminal(width(), colour, outputIsTerminal, detail);
  }

  /** A line of standard output. */
  void line(String line) throws IOException {
    output().write((line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** A document of standard output. */
  void document(Map<String, @Nullable Object> fields) throws IOException {
    output().write(Json.document(fields));
  }

  void error(byte[] text, int length) throws IOException {
    clearProgress();
    if (!errorIsTerminal) {
      error.write(text, 0, length);
      return;
    }
    String lines =
        new String(text, 0, length, StandardCharsets.UTF_8)
            .lines()
            .map(line -> Paragraph.wrapped(line, width, 2) + "\n")
            .collect(Collectors.joining());
    error.write(lines.getBytes(StandardCharsets.UTF_8));
  }

  /** A line of standard error. */
  void error(String line) throws IOException {
    byte[] text = (line + "\n").getBytes(StandardCharsets.UTF_8);
    error(text, text.length);
  }

  /** Replaces the progress line, where a person sees it. */
  void progress(String line) throws IOException {
    if (errorIsTerminal && detail != Detail.QUIET) {
      String shown = line.length() < width ? line : line.substring(0, width - 1);
      error.write((CLEAR_LINE + shown).getBytes(StandardCharsets.UTF_8));
      progressShown = true;
    }
  }

  void clearProgress() throws IOException {
    if (progressShown) {
      error.write(CLEAR_LINE.getBytes(StandardCharsets.UTF_8));
      progressShown = false;
    }
  }

  /** Shows a question on standard error and reads the answer. */
  @Nullable String ask(String question) throws IOException {
    error.write(question.getBytes(StandardCharsets.UTF_8));
    return input.readLine();
  }

  /** Asks for a yes; without a person the answer is {@code otherwise}, and is shown. */
  boolean confirm(String question, boolean otherwise) throws IOException {
    if (!canAsk()) {
      error(question + " " + (otherwise ? "yes" : "no") + " (no terminal to ask on)");
      return otherwise;
    }
    String answer = ask(question + (otherwise ? " [Y/n] " : " [y/N] "));
    if (answer == null || answer.isBlank()) {
      return answer != null && otherwise;
    }
    return answer.strip().toLowerCase(java.util.Locale.ROOT).startsWith("y");
  }

  /** The next line of standard input, or null at its end. */
  @Nullable String readLine() throws IOException {
    return input.readLine();
  }

  /**
   * Linux names what is behind a descriptor; elsewhere the JDK knows about input and output
   * together.
   */
  private static boolean isTerminal(Integer descriptor) {
    Path link = Path.of("/proc/self/fd/" + descriptor);
    try {
      String target = Files.readSymbolicLink(link).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.equals("/dev/console");
    } catch (IOException noProc) {
      return !Files.exists(Path.of("/proc/self"))
          && Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
  }

  private static int width(@Nullable String columns) {
    try {
      return columns == null ? 80 : Math.clamp(Integer.parseInt(columns), 40, 500);
    } catch (NumberFormatException e) {
      return 80;
    }
  }
}
