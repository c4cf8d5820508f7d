package dotf.service.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Consumer;

/** Lets a consumer write to a stream. */
final class Sinks {
  private Sinks() {}

  /** What takes rows and may fail in writing them. */
  @FunctionalInterface
  interface Sink<T> {
    void accept(T row) throws IOException;
  }

  /** {@code sink} as a consumer that throws {@link UncheckedIOException}. */
  static <T> Consumer<T> checked(Sink<T> sink) {
    return row -> {
      try {
        sink.accept(row);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    };
  }
}
