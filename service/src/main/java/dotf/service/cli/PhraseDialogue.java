package dotf.service.cli;

import dotf.chunker.key.RecoveryPhrase;
import dotf.chunker.key.VaultKeys;
import dotf.chunker.key.VaultSecret;
import dotf.service.text.CommandException;
import dotf.service.text.ExitCode;
import dotf.setup.Keyring;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;

/**
 * Hands the recovery phrase to the user and has three of its words given back. Which three stays
 * the same for a vault, so that a script can ask first and answer later.
 */
final class PhraseDialogue {
  private static final int ASKED = 3;
  private static final int TRIES = 3;

  private final Screen screen;
  private final Keyring keyring;
  private final List<String> words;
  private final List<Integer> positions;

  PhraseDialogue(Screen screen, Keyring keyring, VaultSecret vault) {
    this.screen = screen;
    this.keyring = keyring;
    this.words = RecoveryPhrase.of(vault).words();
    // The vault's name is public, so the positions tell nothing about the words.
    long seed = VaultKeys.derive(vault).vaultId().high();
    this.positions =
        new Random(seed)
            .ints(1, RecoveryPhrase.WORDS + 1)
            .distinct()
            .limit(ASKED)
            .sorted()
            .boxed()
            .toList();
  }

  /** After a vault was made: shown once and asked back on a terminal, else kept in a file. */
  void handOver(boolean alreadyKnown) throws IOException {
    if (alreadyKnown) {
      keyring.confirmPhrase();
      return;
    }
    if (!screen.canAsk() || !screen.outputIsTerminal()) {
      keep();
      screen.line("the 24 recovery words are in " + keyring.phraseFile());
      screen.line("write them down, then run: dotf phrase --confirm");
      return;
    }
    print();
    for (int attempt = 0; attempt < TRIES; attempt++) {
      if (askBack()) {
        keyring.confirmPhrase();
        screen.line("confirmed");
        return;
      }
      screen.error("that is not what was shown");
    }
    screen.error("not confirmed; see the words again with: dotf phrase --show");
  }

  /** Without a terminal; the words of a vault that was recovered are known already. */
  void keepForLater(boolean alreadyKnown) throws IOException {
    if (alreadyKnown) {
      keyring.confirmPhrase();
    } else {
      keep();
    }
  }

  private void keep() throws IOException {
    keyring.keepPhrase(String.join(" ", words));
  }

  /** Which words are asked for, counted from 1. */
  List<Integer> positions() {
    return positions;
  }

  void show() throws IOException {
    if (!screen.outputIsTerminal()) {
      throw new CommandException(
          ExitCode.REFUSED, "the words are shown on a terminal only, never to a file or a pipe");
    }
    print();
  }

  /** Reads the three words that {@link #explain} names. */
  void confirm() throws IOException {
    confirmSilently();
    screen.line("confirmed");
  }

  /** As {@link #confirm}, saying nothing when the words are right. */
  void confirmSilently() throws IOException {
    if (!askBack()) {
      throw new CommandException(
          ExitCode.FAILED,
          "these are not words %s of the recovery phrase; see them with: dotf phrase --show"
              .formatted(named()));
    }
    keyring.confirmPhrase();
  }

  void explain() throws IOException {
    screen.line(
        keyring.phraseConfirmed()
            ? "the recovery phrase was confirmed; see it again with: dotf phrase --show"
            : "not confirmed yet; show that you have it by words %s: dotf phrase --confirm"
                .formatted(named()));
  }

  private void print() throws IOException {
    screen.line("");
    screen.line("Whoever has these 24 words can read everything; without them a lost machine is");
    screen.line("lost data. Write them down on paper, now.");
    screen.line("");
    for (int row = 0; row < RecoveryPhrase.WORDS / 4; row++) {
      StringBuilder line = new StringBuilder();
      for (int i = row * 4; i < row * 4 + 4; i++) {
        line.append("%4d %-12s".formatted(i + 1, words.get(i)));
      }
      screen.line(line.toString());
    }
    screen.line("");
  }

  private boolean askBack() throws IOException {
    if (screen.canAsk()) {
      boolean right = true;
      for (int position : positions) {
        String answer = screen.ask("Word %d: ".formatted(position));
        right &= answer != null && matches(answer.strip(), position);
      }
      return right;
    }
    StringBuilder given = new StringBuilder();
    for (String line = screen.readLine(); line != null; line = screen.readLine()) {
      given.append(line).append(' ');
    }
    String[] answers = given.toString().strip().split("\\s+", -1);
    boolean right = answers.length == ASKED;
    for (int i = 0; right && i < ASKED; i++) {
      right = matches(answers[i], positions.get(i));
    }
    return right;
  }

  private boolean matches(String answer, int position) {
    return answer.toLowerCase(Locale.ROOT).equals(words.get(position - 1));
  }

  private String named() {
    return positions.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }
}
