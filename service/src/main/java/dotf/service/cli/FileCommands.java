package dotf.service.cli;

import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ls why restore open free cat}. */
final class FileCommands {
  private FileCommands() {}

  @Command(name = "ls", description = "List files with their state, true size and copies.")
  static final class Ls implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(
        arity = "0..1",
        paramLabel = "PATH",
        description = "a file or directory (default: all folders)")
    private @Nullable String path;

    Ls(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(
          Request.get("files").with("path", path == null ? null : Dotf.absolute(path)));
    }
  }

  @Command(name = "why", description = "Say why a file is in its state, and when that changes.")
  static final class Why implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(paramLabel = "PATH")
    private String path = "";

    Why(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.get("why").with("path", Dotf.absolute(path)));
    }
  }

  @Command(name = "restore", description = "Bring files back; a directory means all below it.")
  static final class Restore implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(arity = "0..*", paramLabel = "PATH")
    private List<String> paths = List.of();

    @Option(names = "--all", description = "every file of every folder")
    private boolean all;

    @Option(
        names = "--to",
        paramLabel = "DIR",
        description = "put them there; the stubs stay as they are")
    private @Nullable String to;

    Restore(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      if (all == !paths.isEmpty()) {
        throw new CommandException(
            ExitCode.USAGE, "name what to restore, or say --all for everything");
      }
      return dotf.send(
          Request.post("restore")
              .with("path", Dotf.absolute(paths))
              .with("all", all ? "true" : null)
              .with("to", to == null ? null : Dotf.absolute(to)));
    }
  }

  @Command(name = "open", description = "Restore files, then open them in their applications.")
  static final class Open implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(arity = "1..*", paramLabel = "STUB")
    private List<String> paths = List.of();

    Open(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.post("open").with("path", Dotf.absolute(paths)));
    }
  }

  @Command(name = "free", description = "Replace files by stubs now, however small or lately used.")
  static final class Free implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(arity = "1..*", paramLabel = "PATH")
    private List<String> paths = List.of();

    Free(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.post("free").with("path", Dotf.absolute(paths)));
    }
  }

  @Command(
      name = "cat",
      description = "Write a file's content to standard output, and nothing to disk.")
  static final class Cat implements Callable<Integer> {
    private static final Pattern RANGE = Pattern.compile("(\\d{1,18})-(\\d{0,18})");

    private final Dotf dotf;

    @Parameters(paramLabel = "STUB")
    private String path = "";

    @Option(
        names = "--range",
        paramLabel = "FROM-TO",
        description = "bytes counted from 0, TO not included; without TO up to the end")
    private @Nullable String range;

    Cat(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      Request request = Request.get("content").with("path", Dotf.absolute(path));
      if (range != null) {
        Matcher matcher = RANGE.matcher(range);
        if (!matcher.matches()) {
          throw new CommandException(
              ExitCode.USAGE, "a range is FROM-TO in bytes, such as 0-4096, not " + range);
        }
        request.with("from", matcher.group(1));
        request.with("to", matcher.group(2).isEmpty() ? null : matcher.group(2));
      }
      return dotf.send(request);
    }
  }
}
