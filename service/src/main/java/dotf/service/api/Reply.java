package dotf.service.api;

import dotf.service.text.ExitCode;
import java.io.OutputStream;

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

  /** Ends the answer: all is done. */
  void end();

  /**
   * Ends the answer: something failed.
   *
   * @param sentence goes to standard error
   * @param whole whether the document was written to its end, and says itself what is wrong
   */
  void fail(ExitCode code, String sentence, boolean whole);

  /** Whether the client has closed its connection. */
  boolean isGone();

  /** Cuts the connection. */
  void abort();
}
