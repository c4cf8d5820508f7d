package dotf.agent.folder;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Names for a content that cannot have its own name because another content has it. */
enum KeptName {
  KEPT("kept by dotf"),
  RESTORED("restored by dotf"),
  BEFORE_UNDO("before undo");

  /** So many names are tried; then the content stays where it is. */
  static final int TRIES = 1000;

  /** So that the name has room for its stub's suffix. */
  private static final int NAME_BYTES_MAX = 253;

  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy-MM-dd").withZone(ZoneOffset.UTC);

  private final String word;

  KeptName(String word) {
    this.word = word;
  }

  /**
   * The {@code attempt}th name for a file, counted from 1, as {@code a (kept by dotf DATE).txt}.
   */
  String of(String name, Instant now, int attempt) {
    int dot = name.lastIndexOf('.');
    String extension = dot > 0 ? name.substring(dot) : "";
    String number = attempt == 1 ? "" : ", " + attempt;
    String addition = " (" + word + " " + DAY.format(now) + number + ")";
    if (bytes(addition + extension) > NAME_BYTES_MAX / 2) {
      extension = "";
    }
    String stem = name.substring(0, name.length() - extension.length());
    while (bytes(stem + addition + extension) > NAME_BYTES_MAX) {
      stem = stem.substring(0, stem.offsetByCodePoints(stem.length(), -1));
    }
    return stem + addition + extension;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
