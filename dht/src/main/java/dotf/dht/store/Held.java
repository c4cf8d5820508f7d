package dotf.dht.store;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one address: the sum of its records, taken in the order in which they were
 * written.
 *
 * @param place where the newest copy lies; null when only a lease names it, or nobody claims it
 * @param claims who wants the block kept, and until when: {@link Id#NONE} is this vault, without an
 *     end (0), every other a lease
 */
record Held(@Nullable Place place, Map<Id, Long> claims) {
  /** Nothing is known, or nothing is left. */
  static final Held NOTHING = new Held(null, Map.of());

  /** Where a block's record begins, and the length of its payload. */
  record Place(int segment, int offset, int length) {
    /** Just behind the record. */
    long end() {
      return (long) offset + Entry.recordBytes(length);
    }
  }

  /** A block of this vault. */
  boolean own() {
    return claims.containsKey(Id.NONE);
  }

  /** Leased by some owner; a block may be both. */
  boolean hosted() {
    return claims.size() > (own() ? 1 : 0);
  }

  /** Owners and the ends of their leases, in milliseconds since 1970. */
  Map<Id, Long> leases() {
    Map<Id, Long> leases = new TreeMap<>(claims);
    leases.remove(Id.NONE);
    return leases;
  }

  /**
   * What is known after one more record. The end of the last claim makes the copies before it void
   * for good: a lease alone does not bring them back.
   */
  Held after(Entry entry, int segment) {
    Map<Id, Long> now = new TreeMap<>(claims);
    if (entry.type() == Entry.Type.TOMBSTONE) {
      now.remove(entry.claimant());
      return now.isEmpty() ? NOTHING : new Held(place, now);
    }
    now.merge(entry.claimant(), entry.until(), Math::max);
    boolean copy = entry.type().carriesBlock();
    return new Held(copy ? entry.in(segment) : place, now);
  }
}
