package dotf.chunker.key;

import java.io.IOException;

/** Words that are no recovery phrase; the message says which word is wrong, or what to look at. */
public final class RecoveryPhraseException extends IOException {
  private static final long serialVersionUID = 1L;

  RecoveryPhraseException(String message) {
    super(message);
  }
}
