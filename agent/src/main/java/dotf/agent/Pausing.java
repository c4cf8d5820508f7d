package dotf.agent;

import dotf.chunker.disk.Directory;
import dotf.chunker.disk.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether the user paused storing, sending and replacing, and until when. The truth is {@code
 * journal/paused}, so that a restart goes on pausing. Safe for use by many threads.
 */
final class Pausing {
  private static final String NAME = "paused";
  private static final String UNTIL_RESUMED = "until resumed";
  private static final int BYTES_MAX = 64;
  private static final int MODE = 0600;

  /** A longer pause has no end. */
  static final Duration LONGEST = Duration.ofDays(366L * 100);

  private final Directory directory;
  private final InstantSource clock;

  /** {@link Instant#MIN} when nothing is paused, {@link Instant#MAX} when it has no end. */
  private volatile Instant until;

  private Pausing(Directory directory, InstantSource clock) throws IOException {
    this.directory = directory;
    this.clock = clock;
    this.until = directory.stat(NAME) == null ? Instant.MIN : read();
  }

  static Pausing open(Directory journal, InstantSource clock) throws IOException {
    return new Pausing(journal, clock);
  }

  /** What cannot be read pauses until it is resumed. */
  private Instant read() throws IOException {
    try (OpenFile file = directory.openRead(NAME)) {
      ByteBuffer bytes = ByteBuffer.allocate(BYTES_MAX);
      file.read(bytes, 0);
      String text = StandardCharsets.UTF_8.decode(bytes.flip()).toString().strip();
      return text.equals(UNTIL_RESUMED) ? Instant.MAX : Instant.parse(text);
    } catch (DateTimeException e) {
      return Instant.MAX;
    }
  }

  boolean isOn() {
    return clock.instant().isBefore(until);
  }

  /** When the pause ends by itself; null when there is none, or it does not. */
  @Nullable Instant until() {
    Instant end = until;
    return isOn() && !end.equals(Instant.MAX) ? end : null;
  }

  /** In words, with what ends it; null when nothing is paused. */
  @Nullable String sentence() {
    if (!isOn()) {
      return null;
    }
    Instant end = until();
    return (end == null ? "paused" : "paused until " + end.truncatedTo(ChronoUnit.SECONDS))
        + "; dotf resume goes on now";
  }

  /** Pauses for a time, or until resumed; durable on return. */
  synchronized void pause(@Nullable Duration time) throws IOException {
    boolean endless = time == null || time.compareTo(LONGEST) > 0;
    Instant end = endless ? Instant.MAX : clock.instant().plus(time);
    String temporary = Directory.TEMPORARY_PREFIX + NAME;
    directory.unlink(temporary);
    try (OpenFile file = directory.create(temporary, MODE)) {
      String text = endless ? UNTIL_RESUMED : end.toString();
      file.write(StandardCharsets.UTF_8.encode(text + "\n"), 0);
      file.sync();
    }
    directory.replace(temporary, NAME);
    directory.sync();
    until = end;
  }

  /** Ends a pause, or what is left of one that is over. */
  synchronized void resume() throws IOException {
    until = Instant.MIN;
    directory.unlink(NAME);
    directory.sync();
  }
}
