package dotf.dht;

import dotf.dht.net.Link.Traffic;
import java.util.List;

/** Counts what went to and came from one node; sampled once a second. Not safe for many threads. */
final class Meter {
  private static final double SMOOTHING = 0.4;

  private long endedSent;
  private long endedReceived;
  private Traffic sampled = new Traffic(0, 0);
  private double sentRate;
  private double receivedRate;

  /** A connection is over. */
  void ended(Traffic traffic) {
    endedSent += traffic.sent();
    endedReceived += traffic.received();
  }

  /** Everything so far, given what the open connections count. */
  Traffic total(List<Traffic> open) {
    return new Traffic(
        endedSent + open.stream().mapToLong(Traffic::sent).sum(),
        endedReceived + open.stream().mapToLong(Traffic::received).sum());
  }

  /** A second has passed. */
  void sample(List<Traffic> open) {
    Traffic now = total(open);
    sentRate += SMOOTHING * (now.sent() - sampled.sent() - sentRate);
    receivedRate += SMOOTHING * (now.received() - sampled.received() - receivedRate);
    sampled = now;
  }

  long sentPerSecond() {
    return Math.max(0, Math.round(sentRate));
  }

  long receivedPerSecond() {
    return Math.max(0, Math.round(receivedRate));
  }
}
