package dotf.dht.store;

import org.jspecify.annotations.Nullable;

/**
 * What is known of one address.
 *
 * @param place where the newest copy lies; null when only a lease names it
 * @param own a block of this vault
 * @param hosted leased by some owner; both may hold
 */
record Held(@Nullable Place place, boolean own, boolean hosted) {
  /** Nothing is known. */
  static final Held NOTHING = new Held(null, false, false);

  /** Where a block's record begins, and the length of its payload. */
  record Place(int segment, int offset, int length) implements Comparable<Place> {
    /** Just behind the record. */
    long end() {
      return (long) offset + Entry.recordBytes(length);
    }

    @Override
    public int compareTo(Place other) {
      int order = Integer.compare(segment, other.segment);
      return order != 0 ? order : Integer.compare(offset, other.offset);
    }
  }

  static Held of(Entry entry, int segment) {
    Place place =
        entry.type().carriesBlock() ? new Place(segment, entry.offset(), entry.length()) : null;
    return new Held(place, entry.type() == Entry.Type.OWN, entry.type().leases());
  }

  /** Both facts, and the newer place. */
  Held merge(Held other) {
    return new Held(newer(place, other.place), own || other.own, hosted || other.hosted);
  }

  private static @Nullable Place newer(@Nullable Place a, @Nullable Place b) {
    if (a == null || b == null) {
      return a == null ? b : a;
    }
    return a.compareTo(b) >= 0 ? a : b;
  }
}
