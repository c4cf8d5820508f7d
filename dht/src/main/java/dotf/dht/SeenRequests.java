package dotf.dht;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;

/** The requests of the last five minutes, so that one that comes round again stops. */
final class SeenRequests {
  static final int REQUESTS_MAX = 4096;
  private static final Duration MEMORY = Duration.ofMinutes(5);

  private final LinkedHashMap<ByteString, Instant> seen = new LinkedHashMap<>();

  /** Whether the request is new; a full memory takes nothing for new. */
  synchronized boolean add(ByteString request, Instant now) {
    Iterator<Instant> oldest = seen.values().iterator();
    while (oldest.hasNext() && oldest.next().plus(MEMORY).isBefore(now)) {
      oldest.remove();
    }
    if (seen.size() >= REQUESTS_MAX) {
      return false;
    }
    return seen.putIfAbsent(request, now) == null;
  }
}
