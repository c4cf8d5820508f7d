package dotf.chunker;

import dotf.chunker.codec.CutPoints;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Room for one chunk each, used again and again. Each file that is read takes one and may have
 * spare ones while fewer than the bound are in use: so memory depends on the files read at once,
 * never on their size. Safe for use by many threads.
 */
final class Buffers {
  static final int BYTES = CutPoints.BYTES_MAX;

  private final int bound;
  private final Deque<byte[]> idle = new ArrayDeque<>();
  private int inUse;
  private int mostInUse;

  Buffers(int bound) {
    this.bound = bound;
  }

  /** A buffer in any case. */
  synchronized byte[] take() {
    inUse++;
    mostInUse = Math.max(mostInUse, inUse);
    byte[] buffer = idle.poll();
    return buffer == null ? new byte[BYTES] : buffer;
  }

  /** A buffer, or null when as many as the bound are in use. */
  synchronized byte @Nullable [] spare() {
    return inUse < bound ? take() : null;
  }

  synchronized void giveBack(byte[] buffer) {
    inUse--;
    if (inUse + idle.size() < bound) {
      idle.push(buffer);
    }
  }

  /** How many are out now. */
  synchronized int inUse() {
    return inUse;
  }

  /** The most that were ever out at once. */
  synchronized int mostInUse() {
    return mostInUse;
  }
}
