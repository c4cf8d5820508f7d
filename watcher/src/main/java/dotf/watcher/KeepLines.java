package dotf.watcher;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The lines by which a rule file at a folder's top names one path: written, found and removed
 * without touching any other byte of the file. Pure.
 */
public final class KeepLines {
  /** What no line can hold, or libraries disagree about. */
  private static final String UNSAYABLE = "\n\r\\*";

  private static final String SPECIAL = "?[";

  private KeepLines() {}

  /**
   * The pattern that takes in this path. Other paths it takes in only if they differ from it in
   * nothing but line breaks, backslashes and stars, for each of which a {@code ?} stands.
   *
   * @param path relative to the folder; "" is everything in it
   * @param directory the path and all below it
   */
  public static String of(String path, boolean directory) {
    if (path.isEmpty()) {
      return "/*";
    }
    StringBuilder line = new StringBuilder("/");
    int trailing = path.stripTrailing().length();
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (UNSAYABLE.indexOf(c) >= 0) {
        line.append('?');
      } else {
        line.append(SPECIAL.indexOf(c) >= 0 || i >= trailing ? "\\" : "").append(c);
      }
    }
    return line.append(directory ? "/" : "").toString();
  }

  /** The file with the line at its end. */
  public static byte[] with(byte[] file, String line) {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    to.writeBytes(file);
    if (file.length > 0 && file[file.length - 1] != '\n') {
      to.write('\n');
    }
    to.writeBytes((line + "\n").getBytes(StandardCharsets.UTF_8));
    return to.toByteArray();
  }

  /** The file without the lines that are this one; the same bytes when there is none. */
  public static byte[] without(byte[] file, String line) {
    byte[] unwanted = line.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    for (int start = 0, end; start < file.length; start = end) {
      end = start;
      while (end < file.length && file[end] != '\n') {
        end++;
      }
      int text = end > start && file[end - 1] == '\r' ? end - 1 : end;
      end = Math.min(end + 1, file.length);
      if (!Arrays.equals(file, start, text, unwanted, 0, unwanted.length)) {
        to.write(file, start, end - start);
      }
    }
    return to.toByteArray();
  }
}
