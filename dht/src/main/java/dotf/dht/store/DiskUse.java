package dotf.dht.store;

import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that each segment takes on the disk: its size without its holes. Whoever adds what is
 * still on its way holds its monitor, so that nothing counts twice or not at all when it lands.
 */
final class DiskUse {
  private final ConcurrentSkipListMap<Integer, Long> bySegment = new ConcurrentSkipListMap<>();
  private final AtomicLong total = new AtomicLong();

  /** What a segment takes from now on; never two threads for one segment. */
  void set(int segment, long bytes) {
    Long before = bySegment.put(segment, bytes);
    total.addAndGet(bytes - (before == null ? 0 : before));
  }

  long total() {
    return total.get();
  }

  /** Number of the newest segment, 0 when there is none. */
  int last() {
    return bySegment.isEmpty() ? 0 : bySegment.lastKey();
  }
}
