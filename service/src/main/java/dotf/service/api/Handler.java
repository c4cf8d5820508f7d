package dotf.service.api;

import java.io.IOException;

/** Answers one call. Runs on a virtual thread of its own, so it may block. */
@FunctionalInterface
interface Handler {
  /**
   * Answers; returning means success, an exception tells how else it ended ({@link Failures}).
   *
   * @throws InterruptedException never by the API itself: work is cancelled by {@link
   *     Call#checkConnected}, since interrupting a thread would close the files it has open
   */
  void answer(Call call) throws IOException, InterruptedException;
}
