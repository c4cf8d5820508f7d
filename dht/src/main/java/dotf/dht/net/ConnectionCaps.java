package dotf.dht.net;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;

/** How many accepted connections there may be, in total and from one address. */
final class ConnectionCaps {
  private final int total;
  private final int perAddress;
  private final Map<InetAddress, Integer> open = new HashMap<>();
  private int count;

  ConnectionCaps(int total, int perAddress) {
    this.total = total;
    this.perAddress = perAddress;
  }

  /** Counts one more, unless a cap is reached. */
  synchronized boolean enter(InetAddress from) {
    if (count >= total || open.getOrDefault(from, 0) >= perAddress) {
      return false;
    }
    count++;
    open.merge(from, 1, Integer::sum);
    return true;
  }

  synchronized void leave(InetAddress from) {
    count--;
    open.computeIfPresent(from, (address, n) -> n == 1 ? null : n - 1);
  }
}
