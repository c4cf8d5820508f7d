package dotf.service.cli;

import dotf.agent.Agent;
import dotf.chunker.key.RecoveryPhrase;
import dotf.chunker.key.VaultSecret;
import dotf.service.daemon.Identity;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.service.text.Terminal.Detail;
import dotf.setup.Home;
import dotf.setup.Keyring;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code init phrase}. */
final class HomeCommands {
  private HomeCommands() {}

  @Command(
      name = "init",
      description = "Make a home for dotf: keys, settings, and room for blocks.")
  static final class Init implements Callable<Integer> {
    private final Dotf dotf;

    @Option(
        names = "--join",
        paramLabel = "TICKET|-",
        description = "then start the agent and use this ticket (-: from standard input)")
    private @Nullable String ticket;

    @Option(names = "--recover", description = "take the vault of the 24 words on standard input")
    private boolean recover;

    Init(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
      Path directory = dotf.homeDirectory();
      if (Home.exists(directory) && Identity.exists(Home.open(directory))) {
        throw new CommandException(
            ExitCode.REFUSED,
            directory + " is a home already; see it with dotf status, or name another with --home");
      }
      Screen screen = dotf.screen();
      SecureRandom random = new SecureRandom();
      VaultSecret vault = recover ? readPhrase(screen) : VaultSecret.random(random);
      String joining = ticket == null ? null : NetworkCommands.Join.ticket(screen, ticket);
      Home home = Home.create(directory);
      Identity.create(home, vault, random);
      if (recover) {
        Agent.expectRecovery(home.directory());
      }
      Keyring keyring = new Keyring(home.keys());
      PhraseDialogue dialogue = new PhraseDialogue(screen, keyring, vault);
      if (dotf.json()) {
        dialogue.keepForLater(recover);
        screen.document(
            Map.of(
                "home", home,
                "phraseFile", keyring.phraseFile(),
                "phraseConfirmed", keyring.phraseConfirmed()));
      } else {
        screen.line("made a home in " + home);
        dialogue.handOver(recover);
      }
      return joining == null ? 0 : join(joining);
    }

    /** With --json, the one document is that of the home. */
    private int join(String ticket) throws IOException, InterruptedException {
      Screen screen = dotf.screen();
      if (dotf.json()) {
        screen.say(Detail.QUIET);
      }
      int started = new Background(dotf).start();
      return started != 0 ? started : dotf.send(Request.post("join").with("ticket", ticket));
    }

    private static VaultSecret readPhrase(Screen screen) throws IOException {
      if (screen.canAsk()) {
        screen.error("The 24 words, in order, in one line or several:");
      }
      StringBuilder words = new StringBuilder();
      int count = 0;
      while (count < RecoveryPhrase.WORDS) {
        String line = screen.readLine();
        if (line == null) {
          break;
        }
        words.append(line).append(' ');
        count = words.toString().strip().split("\\s+", -1).length;
      }
      if (words.toString().isBlank()) {
        throw new CommandException(
            ExitCode.USAGE, "no words on standard input; --recover needs the 24 recovery words");
      }
      return VaultSecret.fromPhrase(words.toString().strip());
    }
  }

  @Command(name = "phrase", description = "Show the recovery phrase, or prove that you have it.")
  static final class Phrase implements Callable<Integer> {
    private final Dotf dotf;

    @ArgGroup(exclusive = true, multiplicity = "0..1")
    private Choice choice = new Choice();

    Phrase(Dotf dotf) {
      this.dotf = dotf;
    }

    @Override
    public Integer call() throws IOException {
      Home home = dotf.home();
      Keyring keyring = new Keyring(home.keys());
      PhraseDialogue dialogue = new PhraseDialogue(dotf.screen(), keyring, Identity.vault(home));
      if (dotf.json()) {
        return asDocument(dialogue, keyring);
      }
      if (choice.show) {
        dialogue.show();
      } else if (choice.confirm) {
        dialogue.confirm();
      } else {
        dialogue.explain();
      }
      return 0;
    }

    private int asDocument(PhraseDialogue dialogue, Keyring keyring) throws IOException {
      if (choice.show) {
        throw new CommandException(
            ExitCode.REFUSED, "the words are shown on a terminal only, never in a document");
      }
      if (choice.confirm) {
        dialogue.confirmSilently();
      }
      dotf.screen()
          .document(Map.of("confirmed", keyring.phraseConfirmed(), "asked", dialogue.positions()));
      return 0;
    }

    /** What to do with the phrase. */
    static final class Choice {
      @Option(names = "--show", description = "show the 24 words (on a terminal only)")
      private boolean show;

      @Option(
          names = "--confirm",
          description = "read three of the words from standard input, as asked for")
      private boolean confirm;
    }
  }
}
