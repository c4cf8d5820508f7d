package dotf.agent.replica;

import dotf.chunker.block.BlockAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * Address → set of holder slots (bits 0–63) and the minutes of the newest and of the oldest receipt
 * that may still count. Open addressing over primitive arrays, 32 bytes a slot, since a million
 * blocks must fit beside everything else. Keyed by the first 128 bits of the address: addresses are
 * SHA-256 roots, so two of them never agree there. Not thread-safe.
 */
final class HolderTable {
  private long[] high;
  private long[] low;
  private long[] slots;
  private int[] minutes;
  private int[] oldest;
  private int size;

  HolderTable() {
    this(1024);
  }

  private HolderTable(int length) {
    high = new long[length];
    low = new long[length];
    slots = new long[length];
    minutes = new int[length];
    oldest = new int[length];
  }

  /** Adds a slot to an address's set. */
  void add(BlockAddress address, int slot, int minute) {
    ByteBuffer bytes = ByteBuffer.wrap(address.bytes());
    put(bytes.getLong(0), bytes.getLong(8), 1L << slot, minute, minute);
  }

  private void put(long first, long second, long set, int newest, int eldest) {
    if (size * 5L > high.length * 3L) {
      grow();
    }
    int at = find(first, second);
    if (slots[at] == 0) {
      high[at] = first;
      low[at] = second;
      oldest[at] = eldest;
      size++;
    }
    slots[at] |= set;
    minutes[at] = Math.max(minutes[at], newest);
    oldest[at] = Math.min(oldest[at], eldest);
  }

  /** Takes a slot out of every set, so that it can be used for another holder. */
  void forget(int slot) {
    HolderTable kept = new HolderTable();
    for (int i = 0; i < high.length; i++) {
      long left = slots[i] & ~(1L << slot);
      if (left != 0) {
        kept.put(high[i], low[i], left, minutes[i], oldest[i]);
      }
    }
    take(kept);
  }

  /**
   * Takes a slot out of an address's set. An entry whose set is empty ends the search for those
   * that were put behind it, so they are put anew.
   */
  void remove(BlockAddress address, int slot) {
    int at = find(address);
    if (slots[at] == 0) {
      return;
    }
    slots[at] &= ~(1L << slot);
    if (slots[at] != 0) {
      return;
    }
    minutes[at] = 0;
    size--;
    int mask = high.length - 1;
    for (int next = (at + 1) & mask; slots[next] != 0; next = (next + 1) & mask) {
      long set = slots[next];
      int newest = minutes[next];
      int eldest = oldest[next];
      slots[next] = 0;
      minutes[next] = 0;
      size--;
      put(high[next], low[next], set, newest, eldest);
    }
  }

  /** How many addresses have such a set. */
  long count(LongPredicate set) {
    return Arrays.stream(slots).filter(s -> s != 0).filter(set).count();
  }

  /** The slots of an address, as bits; 0 when it has none. */
  long slots(BlockAddress address) {
    return slots[find(address)];
  }

  /** Minutes since 1970 of the newest receipt; 0 when there is none. */
  int minute(BlockAddress address) {
    return minutes[find(address)];
  }

  /** Minutes since 1970 of the oldest receipt; anything when there is none. */
  int oldest(BlockAddress address) {
    return oldest[find(address)];
  }

  /** How many addresses each slot has, by slot. */
  long[] counts() {
    long[] counts = new long[Long.SIZE];
    for (long set : slots) {
      for (long left = set; left != 0; left &= left - 1) {
        counts[Long.numberOfTrailingZeros(left)]++;
      }
    }
    return counts;
  }

  /** How many addresses have a slot. */
  int size() {
    return size;
  }

  private int find(BlockAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.bytes());
    return find(bytes.getLong(0), bytes.getLong(8));
  }

  private int find(long first, long second) {
    int mask = high.length - 1;
    int at = (int) (first >>> 32) & mask;
    while (slots[at] != 0 && (high[at] != first || low[at] != second)) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    HolderTable larger = new HolderTable(Math.multiplyExact(high.length, 2));
    for (int i = 0; i < high.length; i++) {
      if (slots[i] != 0) {
        larger.put(high[i], low[i], slots[i], minutes[i], oldest[i]);
      }
    }
    take(larger);
  }

  private void take(HolderTable other) {
    high = other.high;
    low = other.low;
    slots = other.slots;
    minutes = other.minutes;
    oldest = other.oldest;
    size = other.size;
  }
}
