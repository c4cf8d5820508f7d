package dotf.dht.store;

import dotf.chunker.block.ChunkId;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The 32 bytes beside a record's address: an own block's chunk id, or the vault key of whoever owns
 * a hosted block. Ordered as unsigned.
 */
record Id(long first, long second, long third, long fourth) implements Comparable<Id> {
  static final int BYTES = 32;

  /** All zeros: there is none. */
  static final Id NONE = new Id(0, 0, 0, 0);

  static Id read(ByteBuffer from) {
    return new Id(from.getLong(), from.getLong(), from.getLong(), from.getLong());
  }

  static Id of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("an owner's key has 32 bytes, not " + bytes.length);
    }
    return read(ByteBuffer.wrap(bytes));
  }

  static Id of(@Nullable ChunkId id) {
    return id == null ? NONE : of(id.bytes());
  }

  void write(ByteBuffer to) {
    to.putLong(first).putLong(second).putLong(third).putLong(fourth);
  }

  byte[] bytes() {
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    write(bytes);
    return bytes.array();
  }

  @Override
  public int compareTo(Id other) {
    int order = Long.compareUnsigned(first, other.first);
    order = order != 0 ? order : Long.compareUnsigned(second, other.second);
    order = order != 0 ? order : Long.compareUnsigned(third, other.third);
    return order != 0 ? order : Long.compareUnsigned(fourth, other.fourth);
  }
}
