package dotf.chunker.manifest;

import dotf.chunker.block.Hash;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which device has made how many changes of a file (Parker et al., 1983): of two versions one came
 * after the other, or both were made without knowing of each other.
 *
 * @param changes by device (its NodeId), each at least 1; at most {@link #DEVICES_MAX}
 */
public record VersionVector(SortedMap<Hash, Long> changes) {
  /** The most devices that a vector can name. */
  public static final int DEVICES_MAX = 1024;

  /** No change yet. */
  public static final VersionVector NONE = new VersionVector(Collections.emptySortedMap());

  /** How one version stands to another. */
  public enum Order {
    SAME,
    BEFORE,
    AFTER,
    CONCURRENT
  }

  public VersionVector {
    changes = Collections.unmodifiableSortedMap(new TreeMap<>(changes));
    if (changes.size() > DEVICES_MAX || changes.values().stream().anyMatch(count -> count < 1)) {
      throw new IllegalArgumentException("not a version vector");
    }
  }

  /** The version after this one, made by {@code device}. */
  public VersionVector next(Hash device) {
    SortedMap<Hash, Long> next = new TreeMap<>(changes);
    next.merge(device, 1L, Math::addExact);
    return new VersionVector(next);
  }

  /** The least version that came after both. */
  public VersionVector merge(VersionVector other) {
    SortedMap<Hash, Long> merged = new TreeMap<>(changes);
    other.changes.forEach((device, count) -> merged.merge(device, count, Math::max));
    return new VersionVector(merged);
  }

  /** How this version stands to {@code other}. */
  public Order compare(VersionVector other) {
    boolean covers = covers(other);
    boolean covered = other.covers(this);
    if (covers) {
      return covered ? Order.SAME : Order.AFTER;
    }
    return covered ? Order.BEFORE : Order.CONCURRENT;
  }

  private boolean covers(VersionVector other) {
    return other.changes.entrySet().stream().allMatch(entry -> count(entry) >= entry.getValue());
  }

  private long count(Map.Entry<Hash, Long> entry) {
    return changes.getOrDefault(entry.getKey(), 0L);
  }

  /** All changes together: the version's number, as people see it. */
  public long total() {
    return changes.values().stream().mapToLong(Long::longValue).sum();
  }
}
