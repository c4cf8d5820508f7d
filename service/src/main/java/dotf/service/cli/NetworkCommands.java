package dotf.service.cli;

import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code invite join leave peers connect}. */
final class NetworkCommands {
  private NetworkCommands() {}

  @Command(
      name = "invite",
      description = "Print a ticket for another machine to store blocks with ours.")
  static final class Invite implements Callable<Integer> {
    private final Dotf dotf;

    @Option(
        names = "--uses",
        paramLabel = "N",
        defaultValue = "1",
        description = "how many machines may use it (default: ${DEFAULT-VALUE})")
    private int uses;

    @Option(
        names = "--for",
        paramLabel = "TIME",
        defaultValue = "24h",
        description = "how long it is good (default: ${DEFAULT-VALUE})")
    private String life = "";

    @Option(names = "--list", description = "list the tickets that this machine has given out")
    private boolean list;

    @Option(
        names = "--revoke",
        paramLabel = "ID",
        description = "make a ticket useless; its id is in the list")
    private @Nullable String revoked;

    Invite(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      if (list) {
        return dotf.send(Request.get("tickets"));
      }
      if (revoked != null) {
        return dotf.send(Request.post("revoke").with("id", revoked));
      }
      return dotf.send(
          Request.post("invite").with("uses", uses).with("seconds", Times.parse(life).toSeconds()));
    }
  }

  @Command(name = "join", description = "Use a ticket: store blocks with the group it is for.")
  static final class Join implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(paramLabel = "TICKET|-", description = "-: read it from standard input")
    private String ticket = "";

    Join(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.post("join").with("ticket", ticket(dotf.screen(), ticket)));
    }

    /** The ticket, from standard input where {@code -} stands for it. */
    static String ticket(Screen screen, String given) throws IOException {
      if (!"-".equals(given)) {
        return given;
      }
      String line = screen.canAsk() ? screen.ask("Ticket: ") : screen.readLine();
      if (line == null || line.isBlank()) {
        throw new CommandException(
            ExitCode.USAGE, "no ticket on standard input; make one elsewhere with: dotf invite");
      }
      return line.strip();
    }
  }

  @Command(name = "leave", description = "Hand over what this machine holds for others, and go.")
  static final class Leave implements Callable<Integer> {
    private final Dotf dotf;

    @Option(
        names = "--timeout",
        paramLabel = "TIME",
        defaultValue = "10m",
        description = "how long to wait for the others (default: ${DEFAULT-VALUE})")
    private String timeout = "";

    @Option(names = "--now", description = "go even if others lose copies by it")
    private boolean now;

    @Option(names = "--yes", description = "do not ask")
    private boolean yes;

    Leave(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      Duration time = Times.parse(timeout);
      Request leave = Request.post("leave").with("millis", time.toMillis());
      return now
          ? confirmed(dotf, Request.get("leave"), yes, "Go now?", leave.with("now", "true"))
          : dotf.send(leave);
    }
  }

  @Command(name = "peers", description = "List the other machines of the group, or remove one.")
  static final class Peers implements Callable<Integer> {
    private final Dotf dotf;

    @Option(
        names = "--remove",
        paramLabel = "NODE",
        description = "a machine that is lost: its id, or the first 8 digits or more")
    private @Nullable String removed;

    @Option(names = "--yes", description = "do not ask")
    private boolean yes;

    Peers(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      if (removed == null) {
        return dotf.send(Request.get("peers"));
      }
      return confirmed(
          dotf,
          Request.get("removal").with("node", removed),
          yes,
          "Remove this machine for good?",
          Request.post("removal").with("node", removed));
    }
  }

  /** Shows what something means, and does it only after a yes: the option, or a person's. */
  private static int confirmed(
      Dotf dotf, Request preview, boolean yes, String question, Request action) throws IOException {
    // With --json the one document is that of the command itself.
    int previewed = dotf.json() ? 0 : dotf.send(preview);
    if (previewed != 0) {
      return previewed;
    }
    if (!yes && (dotf.json() || !dotf.screen().canAsk())) {
      throw new CommandException(
          ExitCode.REFUSED, "this cannot be taken back; to do it, repeat the command with --yes");
    }
    if (!yes && !dotf.screen().confirm(question, false)) {
      throw new CommandException(ExitCode.FAILED, "nothing was changed");
    }
    return dotf.send(action);
  }

  @Command(name = "connect", description = "Try another machine's address.")
  static final class Connect implements Callable<Integer> {
    private final Dotf dotf;

    @Parameters(paramLabel = "HOST:PORT")
    private String address = "";

    Connect(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.post("connect").with("address", address));
    }
  }
}
