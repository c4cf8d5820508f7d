package dotf.dht.store;

import java.nio.ByteBuffer;

/** How many distinct blocks there are, and the bytes of their payloads. */
record Counts(long blocks, long bytes, long hostedBlocks, long hostedBytes) {
  static final int BYTES = 32;
  static final Counts ZERO = new Counts(0, 0, 0, 0);

  static Counts read(ByteBuffer from) {
    return new Counts(from.getLong(), from.getLong(), from.getLong(), from.getLong());
  }

  void write(ByteBuffer to) {
    to.putLong(blocks).putLong(bytes).putLong(hostedBlocks).putLong(hostedBytes);
  }

  /** After what is known of one address has become {@code now} instead of {@code before}. */
  Counts changed(Held before, Held now) {
    return minus(before).plus(now);
  }

  private Counts plus(Held held) {
    return with(held, 1);
  }

  private Counts minus(Held held) {
    return with(held, -1);
  }

  private Counts with(Held held, int sign) {
    if (held.place() == null) {
      return this;
    }
    long length = sign * (long) held.place().length();
    int hosted = held.hosted() ? 1 : 0;
    return new Counts(
        blocks + sign,
        bytes + length,
        hostedBlocks + (long) sign * hosted,
        hostedBytes + length * hosted);
  }
}
