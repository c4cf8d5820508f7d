package dotf.service.cli;

import dotf.service.text.CommandException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pins pin unpin where}. */
final class PinCommands {
  private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{8,64}");

  private static final String NAMED = "a file, or a hash: all its digits, or the first 8 or more";

  private PinCommands() {}

  /** Says what is meant: a file of that name comes before a hash. */
  private static Request named(Request request, String name) throws CommandException {
    Path path = Dotf.absolute(name);
    boolean hash = HASH.matcher(name).matches() && !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    return hash ? request.with("hash", name) : request.with("path", path);
  }

  @Command(name = "pins", description = "List the pinned hashes, one line each.")
  static final class Pins implements Callable<Integer> {
    private final Dotf dotf;

    @Option(names = "--blocks", description = "list every block under them")
    private boolean blocks;

    Pins(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.get("pins").with("blocks", blocks ? "true" : null));
    }
  }

  @Command(name = "pin", description = "Promise that the network keeps a hash.")
  static final class Pin implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(paramLabel = "HASH|PATH", description = NAMED)
    private String name = "";

    Pin(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(named(Request.post("pin"), name));
    }
  }

  @Command(name = "unpin", description = "Take a promise back.")
  static final class Unpin implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(paramLabel = "HASH", description = "all of its digits, or the first 8 or more")
    private String hash = "";

    Unpin(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.post("unpin").with("hash", hash));
    }
  }

  @Command(
      name = "where",
      description = "Say which machines hold a file, and when they last proved it.")
  static final class Where implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(paramLabel = "PATH|HASH", description = NAMED)
    private String name = "";

    Where(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(named(Request.get("where"), name));
    }
  }
}
