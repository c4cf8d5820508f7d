package dotf.setup;

import dotf.setup.Domain.Choice;
import dotf.setup.Domain.Place;
import dotf.setup.Domain.Size;
import dotf.setup.Domain.Time;
import dotf.setup.Domain.Whole;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The settings of {@code dotf.toml}: name, default, meaning, values. */
public enum Setting {
  PORT(
      "port",
      "8080",
      "TCP port for peers. A busy one is no failure: the next free one is taken.\n"
          + "0: any free port.",
      new Whole(0, 65_535)),
  SETTLE(
      "settle",
      "10s",
      "Quiet time before a changed file is stored.",
      new Time(Duration.ZERO, Duration.ofHours(1))),
  LINGER(
      "linger",
      "24h",
      "A file that was restored, or edited after it was first stored, is not replaced by a stub\n"
          + "until that long after its last change or restore.",
      new Time(Duration.ZERO, Duration.ofDays(365))),
  COPIES("copies", "2", "Holders wanted besides this machine.", new Whole(0, 63)),
  STUB_MIN(
      "stub.min",
      "4KiB",
      "Smaller files are stored, but not replaced by a stub.",
      new Size(0, Limits.TIB, "", 0)),
  STORE_PATH(
      "store.path",
      Place.HOME,
      "Directory of the blocks; \"home\": store/ in the home. Takes effect at the next start.",
      new Place()),
  STORE_LIMIT(
      "store.limit",
      "none",
      "Most bytes of own blocks on this machine.",
      new Size(16 * Limits.MIB, Limits.MOST, "none", Long.MAX_VALUE)),
  OFFER(
      "offer",
      "auto",
      "Space for the blocks of others. \"auto\": 10 % of what is free, at most 20 GB.",
      new Size(0, Limits.MOST, "auto", Limits.AUTO)),
  RESERVE(
      "reserve",
      "auto",
      "Free space that is never used. \"auto\": 5 % of the filesystem, at least 1 GiB.",
      new Size(0, Limits.MOST, "auto", Limits.AUTO)),
  QUARANTINE(
      "quarantine",
      "60s",
      "How long an original is kept aside after its stub took its place.",
      new Time(Duration.ofSeconds(1), Duration.ofDays(1))),
  TRASH(
      "trash",
      "30d",
      "How long a deleted file can be brought back.",
      new Time(Duration.ZERO, Duration.ofDays(3650))),
  WATCHER(
      "watcher",
      "auto",
      "How changes are noticed: \"auto\" takes the best of this system (on Linux inotify),\n"
          + "\"portable\" the library for all systems. Takes effect at the next start.",
      new Choice(List.of("auto", "portable")));

  private final String key;
  private final String standard;
  private final String meaning;

  @SuppressWarnings("ImmutableEnumChecker") // records of numbers and words
  private final Domain domain;

  Setting(String key, String standard, String meaning, Domain domain) {
    this.key = key;
    this.standard = standard;
    this.meaning = meaning;
    this.domain = domain;
  }

  /** The setting with this key, if there is one. */
  public static Optional<Setting> named(String key) {
    return Arrays.stream(values()).filter(setting -> setting.key.equals(key)).findFirst();
  }

  /** What to ask whoever mistyped a key: whether a similar one was meant, if there is one. */
  public static String didYouMean(String key) {
    return Spelling.nearest(key, Arrays.stream(values()).map(Setting::key).toList())
        .map(near -> "; did you mean " + near + "?")
        .orElse("");
  }

  /** Its name in {@code dotf.toml} and on the command line. */
  public String key() {
    return key;
  }

  /** Its default, as a user writes it. */
  public String standard() {
    return standard;
  }

  /** What it does: one or two lines. */
  public String meaning() {
    return meaning;
  }

  /** Its unit and range, in a phrase. */
  public String described() {
    return domain.described();
  }

  Domain domain() {
    return domain;
  }

  /** Enum constants cannot see static fields of their own class. */
  private static final class Limits {
    static final long MIB = 1L << 20;
    static final long TIB = 1L << 40;
    static final long MOST = 1L << 59;
    static final long AUTO = -1;
  }
}
