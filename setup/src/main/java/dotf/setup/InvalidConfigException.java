package dotf.setup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** {@code dotf.toml} says things that cannot be. */
public final class InvalidConfigException extends IOException {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("serial") // an immutable list of strings
  private final List<String> problems;

  InvalidConfigException(Path file, List<String> problems) {
    super("please correct " + file + ": " + String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  /** All of them, each with its line where it has one, in the order of the file. */
  public List<String> problems() {
    return problems;
  }
}
