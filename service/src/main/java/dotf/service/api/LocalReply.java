package dotf.service.api;

import dotf.service.text.ExitCode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** An answer given in this very process, where no agent is needed. */
final class LocalReply implements Reply {
  private final OutputStream output;
  private final OutputStream error;
  private ExitCode code = ExitCode.FAILED;

  LocalReply(OutputStream output, OutputStream error) {
    this.output = output;
    this.error = error;
  }

  ExitCode code() {
    return code;
  }

  @Override
  public OutputStream output() {
    return output;
  }

  @Override
  public void note(String line) {
    try {
      output.flush();
      error.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void progress(String line) {}

  @Override
  public void open(String path) {}

  @Override
  public void end() {
    code = ExitCode.DONE;
  }

  @Override
  public void fail(ExitCode how, String sentence, boolean whole) {
    code = how;
    note(sentence);
  }

  @Override
  public boolean isGone() {
    return false;
  }

  @Override
  public void abort() {}
}
