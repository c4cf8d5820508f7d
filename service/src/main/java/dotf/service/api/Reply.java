package dotf.service.api;

import dotf.service.text.ExitCode;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * How an answer travels: as frames to the command line, as a plain HTTP response, or within a
 * process.
 */
sealed interface Reply permits FramedReply, LocalReply, PlainReply {
  /** Standard output. */
  OutputStream output();

  /** A line for standard error that stays. */
  void note(String line);

  /** A line that the next one replaces. */
  void progress(String line);

  /** A file that the client is to open in its application. */
  void open(String path);

  /** Ends the answer; {@code error} goes to standard error. */
  void end(ExitCode code, @Nullable String error);

  /** Whether the client has closed its connection. */
  boolean isGone();

  /** Cuts the connection. */
  void abort();
}
