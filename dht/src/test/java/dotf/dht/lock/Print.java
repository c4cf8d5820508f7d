package dotf.dht.lock;

/** 128 bits that stand for what was added, in this order. */
final class Print {
  private long high = 0x9e3779b97f4a7c15L;
  private long low = 0xc2b2ae3d27d4eb4fL;

  void add(long value) {
    high = (high ^ value) * 0xff51afd7ed558ccdL;
    high ^= high >>> 32;
    low = (low + value) * 0xc4ceb9fe1a85ec53L;
    low ^= low >>> 29;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Print print && print.high == high && print.low == low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high);
  }
}
