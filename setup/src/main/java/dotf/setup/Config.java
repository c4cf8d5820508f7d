package dotf.setup;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The settings in force: immutable, each within its range, and in keeping with one another.
 *
 * <p>{@link ConfigFile} reads and writes them.
 */
public final class Config {
  private static final long GIB = 1L << 30;
  private static final long MOST_OFFERED = 20_000_000_000L;

  private final Map<Setting, Object> values;

  private Config(Map<Setting, Object> values) {
    this.values = values;
  }

  /** Every setting at its default. */
  public static Config defaults() {
    Map<Setting, Object> values = new EnumMap<>(Setting.class);
    for (Setting setting : Setting.values()) {
      values.put(setting, setting.domain().parse(setting.standard()));
    }
    return new Config(values);
  }

  /**
   * These settings with one changed. How it agrees with the others is not looked at.
   *
   * @param value as a user writes it
   * @throws IllegalArgumentException when the value is none for this setting; the message says what
   *     one looks like
   */
  public Config with(Setting setting, String value) {
    Map<Setting, Object> changed = new EnumMap<>(values);
    changed.put(setting, setting.domain().parse(value.strip()));
    return new Config(changed);
  }

  /** The value of a setting, as a user writes it. */
  public String text(Setting setting) {
    return setting.domain().format(value(setting));
  }

  /** TCP port for peers; 0 is any. */
  public int port() {
    return (Integer) value(Setting.PORT);
  }

  /** Quiet time before a file is stored. */
  public Duration settle() {
    return (Duration) value(Setting.SETTLE);
  }

  /** How long a restored or edited file stays before it is replaced. */
  public Duration linger() {
    return (Duration) value(Setting.LINGER);
  }

  /** Holders wanted besides this machine. */
  public int copies() {
    return (Integer) value(Setting.COPIES);
  }

  /** Files of fewer bytes are stored, not replaced. */
  public long stubMin() {
    return (Long) value(Setting.STUB_MIN);
  }

  /** The directory of the blocks. */
  public Path store(Home home) {
    String place = (String) value(Setting.STORE_PATH);
    return place.equals(Domain.Place.HOME) ? home.store() : Path.of(place);
  }

  /** Most bytes of own blocks; {@link Long#MAX_VALUE} where there is no limit. */
  public long storeLimit() {
    return (Long) value(Setting.STORE_LIMIT);
  }

  /**
   * Bytes for the blocks of others.
   *
   * @param freeBytes what the store's filesystem has free, the space that is already used for
   *     others included
   */
  public long offer(long freeBytes) {
    long offer = (Long) value(Setting.OFFER);
    return offer >= 0 ? offer : Math.clamp(freeBytes / 10, 0, MOST_OFFERED);
  }

  /**
   * Bytes that stay free on a filesystem.
   *
   * @param capacity the filesystem's size in bytes
   */
  public long reserve(long capacity) {
    long reserve = (Long) value(Setting.RESERVE);
    return reserve >= 0 ? reserve : Math.max(capacity / 20, GIB);
  }

  /** How long an original is kept aside after it was replaced. */
  public Duration quarantine() {
    return (Duration) value(Setting.QUARANTINE);
  }

  /** How long a deleted file can be brought back. */
  public Duration trash() {
    return (Duration) value(Setting.TRASH);
  }

  /** Whether changes are to be noticed by the library for all systems, even on Linux. */
  public boolean portableWatcher() {
    return value(Setting.WATCHER).equals("portable");
  }

  /** What these settings have against one another, a sentence each; empty when nothing. */
  List<String> contradictions() {
    List<String> found = new ArrayList<>();
    if (trash().compareTo(quarantine()) < 0) {
      found.add(
          "trash (%s) is shorter than quarantine (%s); make it at least as long"
              .formatted(text(Setting.TRASH), text(Setting.QUARANTINE)));
    }
    if (storeLimit() < stubMin()) {
      found.add(
          "store.limit (%s) is less than stub.min (%s): no file would ever be replaced"
              .formatted(text(Setting.STORE_LIMIT), text(Setting.STUB_MIN)));
    }
    return found;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Config config && values.equals(config.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }

  private Object value(Setting setting) {
    Object value = values.get(setting);
    if (value == null) {
      throw new IllegalStateException(setting + " has no value");
    }
    return value;
  }
}
