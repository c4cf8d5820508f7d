package dotf.service.cli;

import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code invite join peers connect}. */
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

  @Command(name = "peers", description = "List the other machines of the group.")
  static final class Peers implements Callable<Integer> {
    private final Dotf dotf;

    Peers(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      return dotf.send(Request.get("peers"));
    }
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
